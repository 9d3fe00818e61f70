"""The Prometheus that imported rules are for, where it is not the one that a spec assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.importing.sourced import plain_value
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.releases import PROMETHEUS, newer_functions
from tocsin.lang.promql.releases import OLDEST
from tocsin.lang.promql.suited_release import USUAL, suited_release
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.importing.rules.model import ImportedRule
    from tocsin.importing.rules.rule_file import RuleFile


def suited_prometheus(files: Iterable[RuleFile]) -> dict[str, object]:
    """What `project.targets` says for the rules, so that no target lacks what stands in them.

    Nothing where the assumed release does, or no release takes them all.
    """
    rules = [rule for file in files if file.engine is Engine.PROMETHEUS for rule in file.rules()]
    try:
        found = suited_release(
            (str(plain_value(rule.expr)) for rule in rules),
            (since for rule in rules for since in _functions(rule)),
        )
    except LangError:
        return {}
    if found is None or found == USUAL:
        return {}
    features = {"features": [*found.features]} if found.features else {}
    return {"prometheus": found.version, **features}


def _functions(rule: ImportedRule) -> Iterator[str]:
    for one in (*rule.labels.values(), *rule.annotations.values()) if rule.is_alert else ():
        text = str(one.value)
        if "{{" in text:
            yield from (since for _, _, since in newer_functions(text, PROMETHEUS, OLDEST))
