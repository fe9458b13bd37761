"""Typed, tested machine learning service: data, training, registry, serving, monitoring."""
