"""Watching a model in production."""
