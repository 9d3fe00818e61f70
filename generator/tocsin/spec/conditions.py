"""When a rule fires: a query with thresholds, or a complete expression with its severity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator, model_validator
from pydantic_core import PydanticCustomError

from tocsin.source.resolve import WrittenFloat
from tocsin.spec.base import Duration, Model

if TYPE_CHECKING:
    from collections.abc import Mapping

QUERIES = ("promql", "logql", "expr")
"""Keys of which a condition has one."""


def _with_digits(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """The number as it is read, with the digits in which it is written."""
    found = read(value)
    return value if isinstance(value, WrittenFloat) else found


Limit = Annotated[float | str | None, WrapValidator(_with_digits)]
COMPARISONS = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<=", "equals": "==", "differs": "!="}


class ThresholdKeys(Model):
    """What an exception says of a threshold: another limit, another time, or both."""

    above: Limit = Field(None, description="Fires while the value is greater.")
    at_least: Limit = Field(None, description="Fires while the value is greater or equal.")
    below: Limit = Field(None, description="Fires while the value is smaller.")
    at_most: Limit = Field(None, description="Fires while the value is smaller or equal.")
    equals: Limit = Field(None, description="Fires while the value is this one.")
    differs: Limit = Field(None, description="Fires while the value is another one.")
    for_: Duration | None = Field(None, alias="for", description="How long it must hold before it fires.")
    keep_firing_for: Duration | None = Field(None, description="How long it goes on firing afterwards.")


class Threshold(ThresholdKeys):
    """When one severity fires: exactly one comparison, and for how long it must hold."""

    @property
    def comparison(self) -> str:
        """The key of the comparison that was written, such as `above`."""
        for name in COMPARISONS:
            if getattr(self, name) is not None:
                return name
        raise LookupError("a threshold has a comparison")

    @model_validator(mode="after")
    def _one_comparison(self) -> Threshold:
        named = [name for name in COMPARISONS if getattr(self, name) is not None]
        if len(named) != 1:
            raise PydanticCustomError(
                "threshold",
                "a threshold has exactly one comparison, here are {count}",
                {
                    "count": len(named),
                    "help": "write one of " + ", ".join(f"`{name}`" for name in COMPARISONS),
                },
            )
        return self


class Condition(Protocol):
    """What says when something fires: an alert, or one of its `rules`."""

    @property
    def promql(self) -> str | None:
        """A query for Prometheus, without the threshold."""

    @property
    def logql(self) -> str | None:
        """A query for Loki, without the threshold."""

    @property
    def expr(self) -> str | None:
        """A complete expression."""

    @property
    def severity(self) -> str | None:
        """The severity of a complete expression."""

    @property
    def thresholds(self) -> Mapping[str, Threshold]:
        """The thresholds of a query, by severity."""

    @property
    def model_fields_set(self) -> set[str]:
        """What is written."""


def query_key(one: Condition) -> str:
    """The key under which the query or expression is written."""
    return next(name for name in QUERIES if getattr(one, name) is not None)


def named_severities(one: Condition) -> list[str]:
    """The severities that it fires with, in the order in which they are written; `none` among them."""
    return [*one.thresholds] or [one.severity or ""]


def check_condition(one: Condition, what: str) -> None:
    """Raise PydanticCustomError unless it has thresholds for its query, or a severity for its expression.

    `what` it is, such as an alert, is what the message calls it.
    """
    named = [name for name in QUERIES if getattr(one, name) is not None]
    if not named:
        help_ = "write the query as `promql: …` (for logs `logql: …`), and its limits under `thresholds:`"
        raise PydanticCustomError("query", "the {what} has no query", {"what": what, "help": help_})
    if len(named) > 1:
        raise several_queries(named, what)
    if one.expr is not None:
        _check_complete(one)
    elif not one.thresholds:
        help_ = f"write `thresholds: {{{one.severity or 'warning'}: {{above: 5}}}}`"
        if "thresholds" in one.model_fields_set:
            help_ += "; an exception takes all of them away with `off: the reason`"
        raise PydanticCustomError(
            "thresholds",
            "`{name}` needs `thresholds`, each under its severity",
            {"name": named[0], "help": help_, "of_key": "thresholds"},
        )
    elif one.severity:
        raise PydanticCustomError(
            "thresholds",
            "each of the `thresholds` stands under its severity already",
            {"help": "take `severity:` away", "of_key": "severity"},
        )


def several_queries(named: list[str], what: str) -> PydanticCustomError:
    """The error that one thing has several queries."""
    listed = " and ".join(f"`{name}`" for name in named)
    help_ = "keep one of them; `expr` is for an expression with its comparison in it"
    article = "an" if what[0] in "aeiou" else "a"
    return PydanticCustomError(
        "query",
        "{article} {what} has one query, here are {listed}",
        {"article": article, "what": what, "listed": listed, "help": help_},
    )


def _check_complete(one: Condition) -> None:
    """Raise unless a complete expression has its one severity."""
    if one.thresholds:
        raise PydanticCustomError(
            "severity",
            "a complete `expr` contains its comparison and takes no `thresholds`",
            {
                "help": "write the query without the comparison as `promql:`; or take `thresholds:` "
                "away, and write `severity: critical`"
            },
        )
    if not one.severity:
        raise PydanticCustomError(
            "severity",
            "a complete `expr` needs a `severity`",
            {"help": "write `severity: critical` next to it"},
        )
