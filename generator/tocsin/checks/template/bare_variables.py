"""The check of template variables that stand outside of a template's braces."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.plan.source_spans import text_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.checks.framework.plan_slice import Share

_ACTION = regex_on_use(r"\{\{(?:(?!\{\{).)*?\}\}", re.DOTALL)
_ESCAPE = regex_on_use(r"\{\{-?\s*[\"`]")
_LIST_OF_NAMES = regex_on_use(r"\$labels\.\w+(?:\s*,\s*\$labels\.\w+)+")
_VARIABLE = regex_on_use(
    r"\$?\{\s*(?P<in>\$?(?:labels\.\w+|value|externalLabels\.\w+))(?:\s*\|[^{}]*)?\s*\}"
    r"|(?P<alone>\$(?:labels\.\w+|externalLabels\.\w+|value\b))"
)


@check_shares("template/braces", Level.WARNING)
def braces(share: Share) -> Iterator[Finding]:
    """A text has a variable of a template outside of `{{ }}`, where nothing fills it in.

    Why:
        Only what stands between two braces and two braces is a template. `{$labels.instance}` and
        `$value` reach people as they are written.

    Fix:
        Write `{{ $labels.instance }}`.

    Bad:
        - alert: Down
          expr: up == 0
          annotations: {summary: "{$labels.instance} is down"}

    Good:
        - alert: Down
          expr: up == 0
          annotations: {summary: "{{ $labels.instance }} is down"}
    """
    for _, rule in alerting_rules(share):
        for is_label, texts, places in (
            (True, rule.labels, rule.written.labels),
            (False, rule.annotations, rule.written.annotations),
        ):
            for name, text in texts.items():
                if "labels." not in text and "value" not in text and "externalLabels." not in text:
                    continue
                if _ESCAPE.search(text):
                    # `template/escaped` reports braces that were kept from Helm.
                    continue
                if not is_label and _is_list_of_names(text) and _has_sound_texts(rule.annotations):
                    continue
                found = _outside(text) if name in places else ()
                if not any(map(_is_variable, found)):
                    continue
                # Beside `${labels.job}`, `${value}` is no variable of a shell either.
                every = [one for one in found if _is_variable(one) or one[0].startswith("${")]
                start, end = every[0].start(), every[-1].end()
                meant = text[:end]
                for one in reversed(every):
                    meant = meant[: one.start()] + _written(one) + meant[one.end() :]
                what = f"label `{name}`" if is_label else f"annotation `{name}`"
                yield Finding(
                    f"the {what} shows `{every[0][0]}` in so many words: a template has two braces",
                    at=text_piece(places[name], (start, end)),
                    help=f"write `{meant[start:]}`",
                    about=rule.place,
                    fix=meant[start:],
                    instead_of=text[start:end],
                    is_safe=True,
                )


@lru_cache(maxsize=4096)
def _outside(text: str) -> tuple[re.Match[str], ...]:
    """What looks like a variable outside of a text's actions; nothing where an action does not end."""
    outside = _ACTION.sub(lambda action: " " * len(action[0]), text)
    return () if "{{" in outside else tuple(_VARIABLE.finditer(outside))


def _is_list_of_names(text: str) -> bool:
    """Whether a text only lists labels, as for another program that finds the alert's series by them."""
    return _LIST_OF_NAMES.fullmatch(text.strip()) is not None


def _has_sound_texts(annotations: Mapping[str, str]) -> bool:
    """Whether another text shows that the author knows the braces."""
    return any("$labels." in "".join(_ACTION.findall(text)) for text in annotations.values())


def _is_variable(found: re.Match[str]) -> bool:
    """Whether it begins with `$`, as what is neither JSON nor of another language does."""
    named = found["in"] or "$"
    return named.startswith("$") or (found[0].startswith("${") and "." in named)


def _written(found: re.Match[str]) -> str:
    inner = found["alone"] or found[0].removeprefix("$")[1:-1].strip()
    return f"{{{{ {inner if inner.startswith('$') else f'${inner}'} }}}}"
