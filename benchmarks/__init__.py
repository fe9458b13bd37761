"""Measurements of the template and of what it generates; no part of the tests."""
