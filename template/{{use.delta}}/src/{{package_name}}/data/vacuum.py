"""`python -m <package>.data.vacuum`: delete what no version of any commit needs."""

import sys

from ..config import load_settings
from ..errors import DataError
from .store import DataStore


def main() -> int:
    """Delete, and say how many files; 2 after a known problem."""
    try:
        deleted = DataStore(load_settings().paths.data).vacuum()
    except DataError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    sys.stdout.write(f"deleted {len(deleted)} file(s)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
