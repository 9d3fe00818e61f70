"""The JSON Schema of the spec's files."""

from __future__ import annotations

from typing import Any

import orjson

from tocsin.spec.alerts import AlertException
from tocsin.spec.keys import is_telling, spec_keys
from tocsin.spec.model import Spec


def schema_text() -> str:
    """The JSON Schema of the spec as a file for editors."""
    return orjson.dumps(spec_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def spec_schema() -> dict[str, Any]:
    """The schema of one file: any of the top-level keys may be in it, and none has to be."""
    schema = Spec.model_json_schema(by_alias=True)
    schema.pop("required", None)
    models = {**schema["$defs"], Spec.__name__: schema}
    for key in spec_keys():
        model, name = key.definition
        properties = models[model.__name__]["properties"]
        if "examples" not in properties[name] and is_telling(key.example):
            properties[name]["examples"] = [key.example]
    _let_thresholds_be_none(schema["$defs"][AlertException.__name__]["properties"]["thresholds"])
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:tocsin:spec"}
    return {**head, **schema, "title": "Tocsin spec"}


def _let_thresholds_be_none(thresholds: dict[str, Any]) -> None:
    """Let an exception take a severity away, which its model has forgotten by the time it is validated."""
    thresholds["additionalProperties"] = {"anyOf": [thresholds["additionalProperties"], {"const": "none"}]}
