"""The model bundle: one folder, checked as a whole before anything in it is used.

model.onnx       what is served; a graph of arithmetic that cannot run code
pipeline.skops   what is retrained and inspected from; never loaded by the service
reference.json   the training distribution, for drift
manifest.json    the SHA-256 of each of them, and where the model comes from
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from .errors import ModelError
from .prediction import Answering
from .schema import Schema

MODEL_FILE = "model.onnx"
PIPELINE_FILE = "pipeline.skops"
REFERENCE_FILE = "reference.json"
MANIFEST_FILE = "manifest.json"
_PARTS = (MODEL_FILE, PIPELINE_FILE, REFERENCE_FILE)


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a bundle is and where it comes from."""

    schema_fingerprint: str
    run_id: str
    created_at: datetime
    candidate: str
    answering: Answering
    params: dict[str, Any]
    metrics: dict[str, float]
    data_sha256: str
    git_commit: str
    packages: dict[str, str]
    files: dict[str, str]

    @property
    def split(self) -> tuple[Any, Any]:
        """Seed and share of the split it was trained on; None for what earlier code did not record.

        Only models of one split can be judged on its test rows: others may have seen them.
        """
        return self.params.get("seed"), self.params.get("test_fraction")

    @property
    def bundle_id(self) -> str:
        """Twelve hex digits that name the bundle by its content."""
        text = "".join(f"{name}={digest};" for name, digest in sorted(self.files.items()))
        content = text.encode() + msgspec.json.encode(self.answering)
        return hashlib.sha256(content).hexdigest()[:12]


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each part in `folder`, by file name."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in _PARTS}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Complete a bundle; written last, so that a folder without it is not a bundle."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (folder / MANIFEST_FILE).write_bytes(text + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """Read a bundle's manifest.

    Raises:
        ModelError: there is none, or it does not have the form of one.
    """
    path = folder / MANIFEST_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise ModelError(f"{folder} is no model bundle: it has no {MANIFEST_FILE}") from None
    except ValueError as error:  # msgspec's own errors, and text that is no UTF-8
        raise ModelError(f"{path} is no valid manifest: {error}") from None


def read_verified(folder: Path, schema: Schema) -> tuple[Manifest, Mapping[str, bytes]]:
    """Read a bundle; the bytes returned are the very bytes whose hashes were checked.

    Returns:
        The manifest, and the content of each part by file name.

    Raises:
        ModelError: a part is missing or altered, or the model was trained for another schema.
    """
    manifest = read_manifest(folder)
    if manifest.schema_fingerprint != schema.fingerprint:
        raise ModelError(
            f"{folder} was trained for schema {manifest.schema_fingerprint[:12]}, "
            f"this code has schema {schema.fingerprint[:12]}: train again"
        )
    contents: dict[str, bytes] = {}
    for name in _PARTS:
        try:
            contents[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            raise ModelError(f"{folder} is incomplete: {name} is missing") from None
        if hashlib.sha256(contents[name]).hexdigest() != manifest.files.get(name):
            raise ModelError(f"{folder / name} is corrupt: its SHA-256 is not the manifest's")
    return manifest, contents
