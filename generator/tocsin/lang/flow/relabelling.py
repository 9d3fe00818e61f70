"""What `label_replace` can make of a label, with Go's templates for groups: `$1`, `${name}`, `$$`."""

from __future__ import annotations

import re

from tocsin.lang.flow.label_values import ANY, LabelValues
from tocsin.lang.regexes import expand_template, matches_all_but_nothing, matches_everything

_WHOLE = frozenset({"$0", "${0}"})
_FIRST = frozenset({"$1", "${1}"})


def replaced_texts(
    target: LabelValues,
    source: LabelValues,
    replacement: str,
    pattern: str,
    *,
    across_lines: bool = True,
) -> LabelValues:
    """The texts of the target after `label_replace`; the old ones where the source may not match.

    `across_lines` says whether `.` matches a line break: in Prometheus it does, in Loki it does not.
    """
    matched = source.narrowed("=~", pattern)
    if matched.is_empty:
        return target
    made = _made(matched, replacement, pattern)
    sure = source.always_matches("=~", pattern) and (across_lines or source.listed is not None)
    return made if sure else target.either(made)


def _made(matched: LabelValues, replacement: str, pattern: str) -> LabelValues:
    if "$" not in replacement:
        return LabelValues(frozenset({replacement}))
    if matched.listed is not None:
        return LabelValues(frozenset(expand_template(pattern, text, replacement) for text in matched.listed))
    plain = matches_everything(pattern) or matches_all_but_nothing(pattern)
    if replacement in _WHOLE or (replacement in _FIRST and plain and pattern.strip("^$") in ("(.*)", "(.+)")):
        return matched
    # Text outside of the groups is always there.
    fixed = re.sub(r"\$(?:\{[^}]*\}|\w+|\$)", "", replacement)
    return LabelValues(None, frozenset({("!=", "")})) if fixed else ANY
