"""Git repositories for tests."""

import subprocess


def git(*arguments: str) -> str:
    """Run git in the present folder, as somebody; returns its output."""
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    command = ["git", *identity, *arguments]
    result = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
    return result.stdout


def commit(message: str) -> None:
    """Commit all that there is."""
    git("add", "--all")
    git("commit", "--quiet", "--message", message)
