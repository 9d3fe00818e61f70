"""Cases of a class as few conditions: those that differ in the values of one label are one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from tocsin.diff.classes import LabelCondition
from tocsin.lang.alertmanager.matchers import Matcher

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.diff.classes import Case

_MOST_EXCLUDED = 3
_MOST_VALUES = 5
_PLAIN = re.compile(r"[\w -]+")
"""Values that stand for themselves in a regular expression."""

Conditions = dict[str, LabelCondition]


def merged_cases(cases: Sequence[Case]) -> list[Case]:
    """The same label sets in fewer cases."""
    left = [{values.label: values for values in case} for case in cases]
    merged: list[Conditions] = []
    while left:
        case = left.pop(0)
        for other in (*left, *merged):
            together = _together(case, other)
            if together is not None:
                (left if other in left else merged).remove(other)
                left.insert(0, together)
                break
        else:
            merged.append(case)
    return [tuple(case.values()) for case in merged]


def case_text(case: Case) -> str:
    """What a case asks of labels."""
    return ", ".join(_text(values) for values in case) or "any labels"


def _together(left: Conditions, right: Conditions) -> Conditions | None:
    """One case for two that differ in one label; None where there is none."""
    if left.keys() != right.keys():
        return None
    differing = [label for label in left if _asked(left[label]) != _asked(right[label])]
    if len(differing) > 1:
        return None
    if not differing:
        return left
    label = differing[0]
    union = _union(left[label], right[label])
    if union is None:
        return None
    if not union.texts and not union.named:
        return {name: values for name, values in left.items() if name != label}
    return {**left, label: union}


def _asked(values: LabelCondition) -> tuple[object, ...]:
    return frozenset(values.texts), values.matching, values.others, None if values.texts else values.named


def _union(left: LabelCondition, right: LabelCondition) -> LabelCondition | None:
    """What either allows, where that can be said: named values, or all but some named ones."""
    if left.texts and right.texts:
        texts = dict.fromkeys((*left.texts, *right.texts))
        return LabelCondition(left.label, tuple(texts), (), (), left.example or right.example)
    if right.texts:
        left, right = right, left
    if not left.texts or right.texts or right.matching or right.others:
        return None
    return LabelCondition(left.label, (), (), (), right.example, right.named - set(left.texts))


def _text(values: LabelCondition) -> str:
    label = values.label
    if values.texts:
        return _of_texts(label, values.texts)
    if values.matching:
        return ", ".join(Matcher(label, "=~", one).text() for one in values.matching)
    excluded = sorted(values.named - {""})
    if values.others or len(excluded) > _MOST_EXCLUDED:
        return f"another {label}" if "" in values.named else f"another {label} or none"
    present = [Matcher(label, "!=", "").text()] if "" in values.named else []
    return ", ".join([*present, *_named(label, excluded, "!=")])


def _of_texts(label: str, texts: Sequence[str]) -> str:
    shown = [text for text in texts if text]
    missing = len(shown) < len(texts)
    if not shown:
        return f"no {label}"
    more = f" and {len(shown) - _MOST_VALUES} more" if len(shown) > _MOST_VALUES else ""
    text = " or ".join(_named(label, shown[:_MOST_VALUES], "=")) + more
    return f"{text} (or missing)" if missing else text


def _named(label: str, texts: Sequence[str], op: Literal["=", "!="]) -> list[str]:
    """Matchers that ask for one of some values, or for none of them."""
    if len(texts) > 1 and all(_PLAIN.fullmatch(text) for text in texts):
        return [Matcher(label, "!~" if op == "!=" else "=~", "|".join(texts)).text()]
    return [Matcher(label, op, text).text() for text in texts]
