"""A bundle is checked as a whole before anything in it is used."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.package import bundle, errors, schema, scoring


@pytest.fixture
def copy(bundle_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle_folder, tmp_path / "bundle"))


def test_an_intact_bundle_loads(copy: Path, real_schema: schema.Schema) -> None:
    loaded = scoring.load_model(copy, real_schema)
    assert loaded.bundle_id == bundle.read_manifest(copy).bundle_id


@pytest.mark.parametrize("name", [bundle.MODEL_FILE, bundle.PIPELINE_FILE, bundle.REFERENCE_FILE])
def test_one_changed_byte_is_found(copy: Path, real_schema: schema.Schema, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(bytes(content))
    with pytest.raises(errors.ModelError, match=f"{name} is corrupt"):
        scoring.load_model(copy, real_schema)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (bundle.MODEL_FILE, "model.onnx is missing"),
        (bundle.MANIFEST_FILE, "has no manifest.json"),
    ],
)
def test_a_missing_part_is_named(
    copy: Path, real_schema: schema.Schema, name: str, message: str
) -> None:
    (copy / name).unlink()
    with pytest.raises(errors.ModelError, match=message):
        scoring.load_model(copy, real_schema)


def test_a_damaged_manifest_is_named(copy: Path, real_schema: schema.Schema) -> None:
    (copy / bundle.MANIFEST_FILE).write_text('{"run_id": 1}', encoding="utf-8")
    with pytest.raises(errors.ModelError, match="is no valid manifest"):
        scoring.load_model(copy, real_schema)


def test_a_model_of_another_schema_is_refused(copy: Path, real_schema: schema.Schema) -> None:
    narrower = replace(real_schema, features=real_schema.features[:-1])
    with pytest.raises(errors.ModelError, match="train again"):
        scoring.load_model(copy, narrower)


def test_a_graph_of_another_form_is_refused(copy: Path) -> None:
    graph = (copy / bundle.MODEL_FILE).read_bytes()
    with pytest.raises(errors.ModelError, match="expected one float matrix 'features' of 3"):
        scoring.OnnxScorer(graph, width=3)


def test_bytes_that_are_no_graph_are_refused() -> None:
    with pytest.raises(errors.ModelError, match="no loadable ONNX graph"):
        scoring.OnnxScorer(b"not a graph", width=3)
