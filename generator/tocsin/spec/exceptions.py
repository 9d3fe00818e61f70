"""What something is elsewhere than where it is written: the keys of an exception."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from tocsin.spec.base import LabelName, Model, Slug, Text, number_as_text

_EXCEPT = partial(
    Field,
    default_factory=list,
    alias="except",
    description="What holds instead in some environments; the first that matches counts.",
)
EXCEPT: Any = _EXCEPT(examples=[[{"in": "staging", "off": "nobody looks there"}]])
EXCEPT_OF_ALL: Any = _EXCEPT(examples=[[{"in": ["staging", "test"], "labels": {"pager": "no"}}]])
BRANCHES = ".branches"
"""The internal key of what something is for some label values; no author can write it."""
INSTEAD = "instead"
"""The internal key in it of what that is."""
LabelValue = Annotated[str, BeforeValidator(number_as_text)]
Where = dict[LabelName, LabelValue | Annotated[list[LabelValue], Field(min_length=1)]]
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


class ExceptionByLabel(ExceptionKeys):
    """An exception that may be for some values of labels only."""

    by_label: ClassVar[frozenset[str]] = frozenset()
    """What it can say of some values alone; all else is the same for all of them."""
    where: Where | None = Field(
        None,
        min_length=1,
        description="The series for which it holds: values of labels that the query returns, one or several "
        "each; an empty one is that of a series without the label.",
        examples=[{"shop": ["lisbon", "porto"]}],
    )

    @model_validator(mode="after")
    def _same_for_all_values(self) -> ExceptionByLabel:
        varying = self.by_label | _ABOUT | {"off"}
        shared = sorted(self.model_fields_set - varying) if self.where is not None else ()
        if shared:
            key = type(self).model_fields[shared[0]].alias or shared[0]
            help_ = f"take `{key}:` out of the exception"
            message = "`{key}` is the same for all values of a label"
            raise PydanticCustomError("exception", message, {"key": key, "help": help_})
        return self


class Branch(Model):
    """What something is for some values of labels: never written, but made of `except`."""

    where: Where
    off: Text | None = None
