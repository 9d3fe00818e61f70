"""The JSON Schema of the spec's files."""

from __future__ import annotations

from typing import Any

from tocsin.spec.model import Spec


def spec_schema() -> dict[str, Any]:
    """The schema of one file: any of the top-level keys may be in it, and none has to be."""
    schema = Spec.model_json_schema(by_alias=True)
    schema.pop("required", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Tocsin spec"}
