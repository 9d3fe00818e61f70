"""What something is elsewhere than where it is written: the keys of an exception."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tocsin.spec.base import Model, Slug, Text

EXCEPT: Any = Field(
    default_factory=list,
    alias="except",
    description="What holds instead in some environments; the first that matches counts.",
    examples=[[{"in": "staging", "off": "nobody looks there"}]],
)
_WHERE = frozenset({"in_", "where"})
_ABOUT = _WHERE | {"until"}


class ExceptionKeys(Model):
    """Where an exception holds, and that something is not there at all; what else it says holds there."""

    in_: Slug | list[Slug] | None = Field(
        None, alias="in", description="The environments in which it holds, one or several."
    )
    off: Text | None = Field(None, description="That it does not exist there, and why.")
    until: date | None = Field(
        None,
        description="The last day on which the exception is meant to hold: after it, `tocsin check` asks for "
        "its removal. It holds until it is removed.",
        examples=["2027-01-31"],
    )

    @model_validator(mode="after")
    def _about_something(self) -> ExceptionKeys:
        written = self.model_fields_set
        if not written & _WHERE:
            help_ = "write `in: staging`, with an environment of the spec"
            message = "the exception does not say where it holds"
            raise PydanticCustomError("exception", message, {"help": help_})
        said = written - _ABOUT
        if self.off is not None and len(said) > 1:
            help_ = "take `off:` away, or all else but where it holds"
            message = "what is switched off cannot have anything else"
            raise PydanticCustomError("keys_conflict", message, {"help": help_})
        if not said:
            help_ = "write what holds there, or `off: the reason`"
            raise PydanticCustomError("exception", "the exception says nothing", {"help": help_})
        return self
