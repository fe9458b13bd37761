"""Pointers in place of content, and what happens without Git LFS."""

import subprocess
from pathlib import Path

import pytest

from tests import versions
from tests.package import errors, store
from tests.repositories import commit, git


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> store.DataStore:
    """A repository without a commit, and a data file of one row."""
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch", "main")
    file = Path(versions.NAMED_BY)
    file.parent.mkdir(parents=True)
    versions.set_up(tmp_path)
    file.write_text("name\nfirst\n", encoding="utf-8")
    return store.DataStore(file)


def test_before_its_first_commit_a_project_has_its_data(data: store.DataStore) -> None:
    assert data.fetch() == data.file
    assert data.version() == data.digest()


def test_a_file_that_git_never_had_is_missed(data: store.DataStore) -> None:
    data.file.unlink()
    with pytest.raises(errors.DataError, match="does not exist, and no commit holds it"):
        data.fetch()


def test_fetching_readies_the_repository_beside_the_hooks_of_others(data: store.DataStore) -> None:
    hook = Path(".git", "hooks", "pre-commit")
    hook.write_text("#!/bin/sh\n", encoding="utf-8")
    data.fetch()
    assert hook.read_text(encoding="utf-8") == "#!/bin/sh\n"
    assert "git lfs pre-push" in hook.with_name("pre-push").read_text(encoding="utf-8")


def test_git_holds_a_pointer(data: store.DataStore) -> None:
    version = data.publish()
    assert f"oid sha256:{version}" in git("cat-file", "-p", f":{data.file.as_posix()}")
    data.guard()


def test_of_several_remotes_origin_gets_the_content(data: store.DataStore) -> None:
    git("remote", "add", "another", "file:///nowhere")
    version = data.publish()
    assert version in {path.name for path in versions.contents(Path.cwd())}


def test_a_version_that_could_not_be_sent_is_sent_with_its_commit(data: store.DataStore) -> None:
    there = git("remote", "get-url", "origin").strip()
    git("remote", "set-url", "origin", "file:///nowhere")
    with pytest.raises(errors.DataError, match="commit it, and `git push` sends its content"):
        data.publish()
    version = data.version()
    commit("data: first version")
    git("remote", "set-url", "origin", there)
    git("push", "--quiet", "origin", "main")
    assert version in {path.name for path in versions.contents(Path.cwd())}


def test_a_pointer_that_was_checked_out_becomes_the_file(data: store.DataStore) -> None:
    data.publish()
    data.file.write_text(git("cat-file", "-p", f":{data.file.as_posix()}"), encoding="utf-8")
    assert data.fetch().read_text(encoding="utf-8") == "name\nfirst\n"


def test_damage_in_the_clones_own_copy_is_found(data: store.DataStore) -> None:
    version = data.publish()
    (stored,) = Path(".git", "lfs", "objects").rglob(version)
    stored.chmod(0o644)
    stored.write_bytes(stored.read_bytes()[::-1])
    data.file.unlink()
    with pytest.raises(errors.DataError, match=f"is not what version {version} names"):
        data.fetch()


def test_content_in_place_of_a_pointer_is_not_committed(data: store.DataStore) -> None:
    Path("data", ".gitattributes").unlink()
    git("add", str(data.file))
    with pytest.raises(errors.DataError, match="in place of a pointer") as refused:
        data.guard()
    Path("data", ".gitattributes").write_text(versions.ATTRIBUTES, encoding="utf-8")
    *_, ready, _, again, _ = str(refused.value).split("`")
    for line in (ready, again):
        git(*line.split()[1:])
    data.guard()
    assert data.fetch() == data.file


def test_a_large_file_beside_the_data_set_is_not_committed(data: store.DataStore) -> None:
    Path("data", "notes.txt").write_bytes(b"x" * 1_000_001)
    data.guard()
    git("add", "data/notes.txt")
    with pytest.raises(errors.DataError, match=r"data/notes\.txt is large"):
        data.guard()


def test_a_file_that_the_server_would_refuse_is_not_published(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_LFS_BYTES", 5)
    with pytest.raises(errors.DataError, match="split it, or change the data versioning"):
        data.publish()


def test_two_writers_meet_in_a_conflict_that_loses_neither_version(data: store.DataStore) -> None:
    data.publish()
    commit("data: first version")
    published = {}
    for writer in ("one", "two"):
        git("checkout", "--quiet", "-b", writer, "main")
        data.file.write_text(f"name\n{writer}\n", encoding="utf-8")
        published[writer] = data.publish()
        commit(f"data: {writer}")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "one")
    with pytest.raises(errors.DataError, match="two branches changed"):
        data.guard()
    assert set(published.values()) <= {path.name for path in versions.contents(Path.cwd())}
    git("checkout", "--ours", str(data.file))
    assert data.publish() == published["two"]


def test_without_git_lfs_the_message_says_what_to_install(
    data: store.DataStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(errors.DataError, match="git-lfs is not installed"):
        data.fetch()
