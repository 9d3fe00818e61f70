"""One finding for one cause: the same mistake in several places is shown once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.diagnostics.subject import Subject


_BY_WORDS = frozenset(
    {
        *(
            "query/regex",
            "group/dependency",
            "group/order",
            "dashboard/variable",
            "file/template",
        ),
        *("baseline/gone", "route/dropped", "rule/for-interval", "query/range"),
        *("notification/annotation", "alert/misspelt", "query/unknown-job"),
    }
)
"""Where findings with the same words have one cause, whatever they are about."""
_WHATEVER_THE_WORDS = frozenset(
    {"template/escaped", "alertmanager/variable", "alertmanager/escaped", "route/group-by"}
)
"""Where all of a file is one habit of its author: to escape it for Helm, or to fill it in later."""
_EVERYWHERE = frozenset(
    {"alertmanager/deprecated", "template/value-format", "query/unfilled", "query/integer-bucket"}
    | {"receiver/empty", "alert/static-text"}
)
"""Where that is one habit in whatever files: all digits of a value, the old names of a language."""
_BY_FIRST_NAME = frozenset({"link/placeholder"})
"""Where it is one habit in whatever files about the name that comes first: the annotation to be filled in."""
_BY_SUBJECT = frozenset(
    {"template/field", "template/arguments", "template/unit", "notification/field", "label/dropped"}
    | {"template/value-constant", "label/dropped-by-recording", "template/braces", "label/own"}
    | {"notification/common-annotation", "query/scraped-join"}
)
"""Where all that is found of one alert or receiver has one cause: its texts, or a lost label."""
_BY_ROUTE = frozenset({"route/swallowed", "route/twice", "route/split"})
"""Where findings of one file have one cause that name the same place: the route that comes first."""
_BY_PART = {
    "route/unused": re.compile(r"has `(\w+)|^earlier routes"),
    "route/group-wait": re.compile(r", but .*"),
    "route/repeat-interval": re.compile(r", but .*"),
    "notification/group-label": re.compile(r"groups by .*"),
    "notification/label": re.compile(r"`[^`]*`"),
    "notification/unused-template": re.compile("nothing calls"),
    **dict.fromkeys(("inhibit/alertname", "route/alertname"), re.compile("no rule sets .*")),
    "rule/duplicate": re.compile("is repeated here"),
    "alert/told-rate": re.compile("`rate` gives how many"),
}
"""Where findings of one file have one cause whose messages agree in a part: a label that no alert has."""
_BY_HELP = frozenset({"alertmanager/key", "alertmanager/rule"})
"""Where findings of one file have one cause that have the same answer, such as all keys of HipChat."""
_BY_REASON = frozenset({"route/shadowed", "query/rate-of-sum"})
"""Where findings have one cause that say the same of the same place elsewhere."""
_BY_FILE = frozenset(
    {
        "label/dropped",
        "template/name",
        "template/value-label",
        "template/field",
        "template/printf",
    }
    | {"query/delta-of-counter", "query/nan", "dashboard/legend", "query/equals-regex"}
    | {"dashboard/input", "dashboard/query", "file/logql", "query/gone-label"}
    | {"query/scraped-join", "query/several-names", "template/unit", "route/continue"}
    | {"query/rate-of-gauge", "query/zero-limit", "label/dropped-by-recording"}
    | {"template/value-constant", "notification/field", "notification/syntax", "query/log-error"}
)
"""Where the same words many times in one file are one habit, which its author changes in one go."""
_BY_FILE_AND_FORM = frozenset(
    {"query/empty", "query/empty-by-name", "query/bucket-total", "group/dependency"}
    | {"alertmanager/reference", "query/same-series", "dashboard/several-values"}
)
"""Where that is so whatever the names of the metrics and labels are."""
_COPIED = frozenset({"alert", "record", "receiver"})
_HABITS = _BY_FILE | _BY_FILE_AND_FORM
_HABIT = 4
_LEAST = {
    **dict.fromkeys(
        (
            *("template/unit", "template/value-constant", "route/continue", "notification/field"),
            *("query/scraped-join", "query/equals-regex", "query/log-error", "query/nan"),
            *("notification/syntax", "dashboard/several-values", "dashboard/input"),
            *("query/gone-label", "query/delta-of-counter", "query/rate-of-gauge"),
            *("query/zero-limit", "label/dropped-by-recording"),
        ),
        2,
    ),
    "label/dropped": 3,
}
"""How often it is one habit where an author who knows of one place corrects the others as well."""
_OFTEN = frozenset({"label/dropped", "group/dependency", "alert/static-text"})
"""Where the same words about many rules of several files are one habit: a pasted text, how groups are cut."""
_QUOTED = regex_on_use(r"`[^`]*`")
_UNQUOTED = re.compile(r"[\"'\\\\\s]")
_VARIABLE = re.compile(r"\$\{\w+\}|\*[* ]*")
"""What may differ between values with one mistake: names of variables, and what nobody may see."""


def join_repeats(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings in their order, of which those of one cause are joined.

    Messages about files are joined where they say the same about the same text. What checks find is
    joined for some of them only: each alert has to be looked at by itself.
    """
    diagnostics = list(diagnostics)
    in_file = Counter(_habit(one) for one in diagnostics if one.id in _HABITS)
    is_habit = {
        habit
        for one in diagnostics
        if one.id in _HABITS and in_file[habit := _habit(one)] >= _LEAST.get(one.id, _HABIT)
    }
    keys = [
        habit if one.id in _HABITS and (habit := _habit(one)) in is_habit else _cause(one)
        for one in diagnostics
    ]
    joined = _join(diagnostics, keys)
    joined = _join(joined, _copies(joined))
    return _join(joined, _pasted(joined))


def _join(diagnostics: Sequence[Diagnostic], keys: Sequence[object]) -> tuple[Diagnostic, ...]:
    """The findings, of which those with the same key are one."""
    first: dict[object, Diagnostic] = {}
    more: dict[object, list[Diagnostic]] = {}
    for one, key in zip(diagnostics, keys, strict=True):
        if key not in first or one.span is None:
            first[key] = one
            more.pop(key, None)
        elif first[key].origin is not None and one.origin is None:
            # Of copies, the one is shown that its own people can change.
            more.setdefault(key, []).insert(0, first[key])
            first[key] = one
        else:
            more.setdefault(key, []).append(one)
    return tuple(_joined(one, more.get(key, ())) for key, one in first.items())


def _copies(diagnostics: Sequence[Diagnostic]) -> list[object]:
    """A key for each finding, the same for those of one rule or receiver in several files."""
    told: Counter[object] = Counter()
    keys: list[object] = []
    for one in diagnostics:
        if one.span is None or one.subject is None or one.subject.kind not in _COPIED:
            keys.append(id(one))
            continue
        # The same text may be in quotes in one file and without them in another, on other lines.
        line = _UNQUOTED.sub("", one.span.document.text[one.span.start : one.span.end])
        said = (one.id, one.level, one.message, one.help, one.accepted, one.subject.kind, one.subject.name)
        place = (*said, line, one.span.document.name)
        # What is twice in one file is two findings.
        told[place] += 1
        keys.append((*said, line, told[place]))
    return keys


def _pasted(diagnostics: Sequence[Diagnostic]) -> list[object]:
    """A key for each finding, the same for those that many rules have, in whatever files.

    What copies of one rule have is that of one rule.
    """
    about: dict[object, set[tuple[str, str, str] | None]] = {}
    for one in diagnostics:
        if one.id in _OFTEN:
            about.setdefault(_words(one), set()).update(map(_name, (one.subject, *one.more_subjects)))
    return [
        words if one.id in _OFTEN and len(about[words := _words(one)]) >= _HABIT else id(one)
        for one in diagnostics
    ]


def _name(one: Subject | None) -> tuple[str, str, str] | None:
    """What a subject and its copies in other files are called."""
    return None if one is None else (one.kind, one.name, one.within)


def _words(one: Diagnostic) -> object:
    message = _QUOTED.sub("", one.message) if one.id in _BY_FILE_AND_FORM else one.message
    return (one.id, one.level, message, one.accepted)


def _joined(one: Diagnostic, others: Sequence[Diagnostic]) -> Diagnostic:
    """A finding with the places of others of the same cause."""
    if not others:
        return one
    # Each of the others brings those that were joined to it before.
    places = (span for other in others for span in (other.span, *other.more) if span is not None)
    subjects = (subject for other in others for subject in (other.subject, *other.more_subjects))
    return replace(one, more=(*one.more, *places), more_subjects=(*one.more_subjects, *subjects))


def _cause(one: Diagnostic) -> object:
    """What findings that are joined have in common."""
    said = (one.id, one.level, one.message, one.help, one.accepted)
    if one.span is None or one.more:
        return id(one)
    if one.id in _BY_WORDS:
        # Which value needs no regular expression, and of which function a range is, does not matter.
        is_named = one.id in ("query/regex", "query/range")
        return (*said[:2], _QUOTED.sub("", one.message), one.accepted) if is_named else said
    if one.id in _BY_SUBJECT and one.subject is not None:
        return (one.id, one.level, one.accepted, one.span.document.name, one.subject)
    if one.id in _WHATEVER_THE_WORDS:
        return (one.id, one.level, one.accepted, one.span.document.name)
    if one.id in _EVERYWHERE:
        return (one.id, one.level, one.accepted)
    if one.id in _BY_FIRST_NAME and (named := _QUOTED.search(one.message)) is not None:
        return (one.id, one.level, one.accepted, named[0])
    if one.id in _BY_ROUTE:
        earlier = one.span if one.id == "route/split" else one.related[:1]
        return (one.id, one.level, one.accepted, one.span.document.name, earlier)
    if one.id in _BY_PART and (part := _BY_PART[one.id].search(one.message)) is not None:
        return (one.id, one.level, one.accepted, one.span.document.name, part[0])
    if one.id in _BY_REASON:
        return (*said, one.related)
    if one.id in _BY_HELP and one.help is not None:
        return (one.id, one.level, one.help, one.accepted, one.span.document.name)
    if one.id in MESSAGES:
        written = one.span.document.text[one.span.start : one.span.end]
        return (*said, one.label, one.related, _VARIABLE.sub("${}", written))
    return id(one)


def _habit(one: Diagnostic) -> object:
    """What findings of one file that are joined have in common."""
    file = None if one.span is None else one.span.document.name
    if one.id in _BY_FILE_AND_FORM:
        form = (_QUOTED.sub("", text or "") for text in (one.message, one.label, one.help))
        return (one.id, one.level, *form, one.accepted, file)
    # Which side of which query has lost the label that a team always prints does not matter.
    answer = None if one.id == "label/dropped" else one.help
    return (one.id, one.level, one.message, answer, one.accepted, file)
