"""Moments and label sets as people write them on a command line and in files."""

from __future__ import annotations

import json
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.errors import CommandError
from tocsin.lang.alertmanager.matcher_lines import read_matchers
from tocsin.lang.errors import LangError
from tocsin.lang.time_zones import check_location


def zone_of(name: str | None) -> tzinfo:
    """The time zone of a name; UTC without one."""
    if name is None:
        return UTC
    try:
        check_location(name)
        return ZoneInfo(name)
    except LangError as error:
        raise CommandError(f"{error.reason}: {error.help}") from None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CommandError(f"`{name}` is not a valid time zone; use a name such as Europe/Berlin") from None


def moment_of(text: str | None, where: tzinfo) -> datetime:
    """The moment of a text such as `2026-12-24T23:00`, by the clock of a zone; now without one."""
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"`{text}` is not a valid time; use ISO 8601, for example 2026-12-24T23:00"
        ) from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=where)
    if not 1 < moment.year < 9999:
        raise CommandError(f"`{text}` is outside the supported years")
    return moment


def label_set(text: str) -> dict[str, str]:
    """The labels of a text such as `severity=critical` or `team=db,severity="critical"`."""
    try:
        matchers = read_matchers(text)
    except LangError as error:
        raise CommandError(f"`{text}` are not valid labels: {error.reason}") from None
    for matcher in matchers:
        if matcher.op != "=":
            raise CommandError(f"`{text}`: a label has one value; write `{matcher.name}=…`")
    return {matcher.name: matcher.value for matcher in matchers}


def labels_of(value: Any, what: str) -> dict[str, str]:
    """The labels of a JSON value; ValueError says what is wrong."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError(f"{what} has to be an object whose values are strings")
    return value


def json_line(line: str) -> dict[str, Any]:
    """The object of a line; ValueError says what is wrong."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("the line is not valid JSON") from None
    if not isinstance(value, dict):
        raise ValueError("the line is not a JSON object")
    return value
