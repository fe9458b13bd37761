"""Training parameters are validated as a whole."""

from pathlib import Path

import pytest

from tests.package import errors, params


def test_the_projects_own_parameters_are_valid(real_params: params.TrainingParams) -> None:
    assert len(real_params.candidates) >= 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed: [", "no valid YAML"),
        ("seed: -1", "seed: .*greater than or equal to 0"),
        ("speed: 1", "speed"),
    ],
)
def test_a_wrong_file_is_explained(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(errors.ProjectError, match=message):
        params.load_params(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.ProjectError, match=r"absent\.yaml does not exist"):
        params.load_params(tmp_path / "absent.yaml")
