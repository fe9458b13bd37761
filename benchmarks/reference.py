"""Prints a row of the project's data in every form; run by the generated project's Python."""

import csv
import json
import sys
from importlib import import_module


def main(package: str) -> None:
    """Print the row as a record, as a vector, and its score, as one JSON object."""
    config = import_module(f"{package}.config")
    schema = import_module(f"{package}.dataset").SCHEMA
    schema_module = import_module(f"{package}.schema")
    store = import_module(f"{package}.model_store").ModelStore
    encoder = import_module(f"{package}.encoding").Encoder(schema)
    load_model = import_module(f"{package}.scoring").load_model

    settings = config.load_settings()
    with settings.paths.data.open(newline="", encoding="utf-8") as file:
        # A complete row: JSON has no NaN to send to the servers that take vectors.
        raw = next(row for row in csv.DictReader(file) if all(row.values()))
    row = {
        column.name: float(raw[column.name])
        if isinstance(column, schema_module.Numeric)
        else raw[column.name]
        for column in schema.features
    }
    row = {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in row.items()
    }
    matrix = encoder.encode([row])
    models = store(settings.paths.models, schema)
    model = load_model(models.folder(models.champion()), schema)
    reference = {
        "row": row,
        "vector": matrix[0].tolist(),
        "score": float(model.scorer.score(matrix)[0]),
    }
    print(json.dumps(reference))


if __name__ == "__main__":
    main(sys.argv[1])
