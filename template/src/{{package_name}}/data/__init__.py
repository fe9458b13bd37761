"""Data: fetch a version, load it against its contract, split it."""
