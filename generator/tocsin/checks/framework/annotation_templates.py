"""The templates of a rule, its labels and annotations, as checks walk over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.rules import alerting_rules
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import TemplateReads, reads
from tocsin.plan.source_spans import text_piece
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Rule
    from tocsin.source.place import Place

_WELL_KNOWN = frozenset({"summary", "description", "message", "title"})


@value_object
class TemplateText:
    """A text with a template in it, and what it reads: nothing where Prometheus refuses it."""

    name: str
    is_label: bool
    text: str
    place: Place
    reads: TemplateReads
    refused: LangError | None = None
    """What is wrong with it where Prometheus does."""

    @property
    def said(self) -> str:
        """What to call it in a sentence."""
        if self.is_label:
            return f"the label `{self.name}`"
        return f"the {self.name}" if self.name in _WELL_KNOWN else f"the annotation `{self.name}`"

    def piece(self, span: tuple[int, int]) -> Place:
        """The place of a part of it."""
        return text_piece(self.place, span)


# A dozen checks look at the templates of every rule.
@answered_once
def templates(share: Share) -> tuple[tuple[Rule, tuple[TemplateText, ...]], ...]:
    """The labels and annotations of each alerting rule that hold a template, if any do."""
    each = ((rule, tuple(_found(rule))) for _, rule in alerting_rules(share))
    return tuple((rule, texts) for rule, texts in each if texts)


def _found(rule: Rule) -> Iterator[TemplateText]:
    for is_label, texts, places in (
        (True, rule.labels, rule.written.labels),
        (False, rule.annotations, rule.written.annotations),
    ):
        for name, text in texts.items():
            if "{{" in text and name in places:
                try:
                    yield TemplateText(name, is_label, text, places[name], reads(text))
                except LangError as error:
                    yield TemplateText(name, is_label, text, places[name], reads(""), error)
