"""The bundled data sets are the bytes that the catalogue names."""

import hashlib

import pytest

import catalog
from matrix import ROOT

PROBLEMS = catalog.load(ROOT / "extensions" / "catalog.yml").axis("problem").options


@pytest.mark.parametrize("option", PROBLEMS, ids=lambda option: str(option.name))
def test_the_catalogue_names_size_and_hash_of_the_file(option: catalog.Option) -> None:
    content = (ROOT / option.values["dataset"]).read_bytes()
    assert len(content) == int(option.values["dataset_bytes"])
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    assert option.values["dataset_object"] == f"{digest[:2]}/{digest[2:]}"
