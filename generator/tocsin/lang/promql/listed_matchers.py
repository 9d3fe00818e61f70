"""Matchers as they are written for listed values of labels, read back into these values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.listed_labels import EVERY_VALUE, ListedValues
from tocsin.lang.promql.ast import Selector
from tocsin.lang.promql.parser import parse_promql

if TYPE_CHECKING:
    from tocsin.lang.listed_labels import LabelSets

_ALTERNATIVE = re.compile(r"(?:[^\\|]|\\.)*", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def listed_label_sets(matchers: str) -> LabelSets:
    """The values that matchers select, as `listed_labels.matchers_text` wrote them, once or several times."""
    tree = parse_promql(f"any{{{matchers}}}")
    assert isinstance(tree, Selector), "braces make a selector"
    found: LabelSets = {}
    for one in tree.matchers:
        texts = [one.value] if one.op in ("=", "!=") else _alternatives(one.value)
        values = ListedValues(frozenset(texts), one.op in ("!=", "!~"))
        found[one.name] = found.get(one.name, EVERY_VALUE).both(values)
    return found


def _alternatives(pattern: str) -> list[str]:
    found, at = [], 0
    while at <= len(pattern):
        one = _ALTERNATIVE.match(pattern, at)
        assert one is not None, "it matches an empty string as well"
        found.append(_ESCAPED.sub(r"\1", one.group()))
        at = one.end() + 1
    return found
