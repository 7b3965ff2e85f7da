"""Writes `report.schema.json` from the types: `python -m grader.report.schema`."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from .run import Run

FILE = Path(__file__).with_name("report.schema.json")
ARRAY = "Nested lists, one level for each axis. Null is a number that is not finite."


def schema_text() -> str:
    """The format of a run as JSON Schema. Every field is required, and no others are allowed."""
    made = msgspec.json.schema(Run, schema_hook=_custom)
    for part in made["$defs"].values():
        if "description" in part:
            part["description"] = inspect.cleandoc(part["description"])
        if "properties" in part:
            part["required"] = list(part["properties"])
            part["additionalProperties"] = False
            for field in part["properties"].values():
                field.pop("default", None)
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def _custom(kind: Any) -> dict[str, Any]:
    if kind is np.ndarray:
        return {"type": "array", "items": {"type": "array"}, "description": ARRAY}
    return {"type": "string"}


if __name__ == "__main__":
    FILE.write_text(schema_text(), "utf-8")
