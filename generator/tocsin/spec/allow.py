"""Findings of `tocsin check` that an author accepts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tocsin.spec.base import Model, Text


class Allowed(Model):
    """A finding that somebody has looked at and accepts."""

    reason: Text = Field(description="Why it is accepted.")
    until: date | None = Field(None, description="The last day on which it is; always when absent.")


def _as_reason(value: object) -> object:
    return {"reason": value} if isinstance(value, str) else value


ReasonOrAllowed = Annotated[Allowed, BeforeValidator(_as_reason, json_schema_input_type=Text | Allowed)]
CheckId = Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]
Allow = dict[CheckId, ReasonOrAllowed]
ALLOW: Any = Field(
    default_factory=dict,
    description="Findings of `tocsin check` that are accepted: the check's id, and the reason.",
)
