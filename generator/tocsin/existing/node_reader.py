"""Reading the nodes of plain files: what is wrong is noted and the rest is read on."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from tocsin.detect.file_names import is_template_name
from tocsin.diagnostics.model import Diagnostic, Level, Note
from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.source.node import Entry, MappingNode, Node, ScalarNode, SequenceNode
from tocsin.source.scalar_map import source_piece
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tocsin.source.document import Span

_VARIABLE = regex_on_use(r"\$\{?[A-Za-z_]\w*\}?")
_TAG = regex_on_use(r"\s*\{\{[^{}]*\}\}(?:ms|[smhdwy])?\s*")
_PARAMETER = re.compile(r"\$\{\w+\}|\$\{\{\w+\}\}")
VMALERT = "vmalert"
_BELONGS = {
    "text": "a string belongs here",
    "list": "a list belongs here",
    "mapping": "a mapping belongs here",
}


class Reader:
    """Reads values of the kinds that belong there, and keeps in `found` what is wrong with the others."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def error(self, id_: str, message: str, span: Span, help: str | None = None, *notes: Note) -> None:
        """Note something that the program of the file refuses."""
        self.found.append(Diagnostic(id_, Level.ERROR, message, span, "", notes, help))

    def info(self, id_: str, message: str, span: Span, help: str | None = None) -> None:
        """Note something worth knowing."""
        self.found.append(Diagnostic(id_, Level.INFO, message, span, help=help))

    def language(self, id_: str, error: LangError, node: ScalarNode) -> None:
        """Note what a language kernel found in a text."""
        self.error(id_, error.reason, source_piece(node, *error.span), error.help)

    def scalar(self, entry: Entry | None) -> ScalarNode | None:
        """The scalar of an entry; None where there is none or nothing in it."""
        if entry is None:
            return None
        if not isinstance(entry.value, ScalarNode):
            self._misfit("text", entry.value, entry.key)
            return None
        return None if entry.value.value is None else entry.value

    def text(self, entry: Entry | None) -> str | None:
        """The text of an entry, whatever type YAML gives it, as Go's decoder reads it."""
        node = self.scalar(entry)
        return None if node is None else node.text

    def items(self, entry: Entry | None) -> tuple[Node, ...]:
        """The items of a list; empty where there is none."""
        if entry is None or _is_null(entry.value):
            return ()
        if not isinstance(entry.value, SequenceNode):
            self._misfit("list", entry.value, entry.key)
            return ()
        return entry.value.items

    def mapping(self, node: Node, key: ScalarNode | None = None) -> MappingNode | None:
        """The mapping that belongs here; None where something else stands."""
        if isinstance(node, MappingNode):
            return node
        if not (key is not None and _is_null(node)):
            self._misfit("mapping", node, key)
        return None

    def texts(self, entry: Entry | None, sections: Collection[str] = ()) -> dict[str, str]:
        """A mapping of texts, such as labels.

        A mapping under one of the names of `sections` is none of them: it stands at the wrong level.
        """
        if entry is None or (node := self.mapping(entry.value, entry.key)) is None:
            return {}
        return {
            name: self.text(pair) or ""
            for name, pair in node.entries.items()
            if not (name in sections and isinstance(pair.value, MappingNode))
        }

    def duration(self, entry: Entry | None) -> str | None:
        """A Prometheus duration; None where there is none, or one that cannot be read."""
        node = self.scalar(entry)
        if node is None:
            return None
        if _PARAMETER.fullmatch(node.text) and "template.openshift.io" in node.document.text:
            # `oc process` fills in the parameters of a Template.
            return None
        if _VARIABLE.fullmatch(node.text) and is_template_name(node.document.name):
            return None
        if _TAG.fullmatch(node.text):
            # No program reads a template in a duration: what fills it in stands before all of them.
            return None
        try:
            parse_duration(node.text)
        except LangError as error:
            self.language("file/duration", error, node)
            return None
        return node.text

    def whole_number(self, entry: Entry | None) -> int | None:
        """A number without fractions; None where there is none, or something else."""
        node = self.scalar(entry)
        if node is None:
            return None
        if not isinstance(node.value, int) or isinstance(node.value, bool):
            self.error("file/type", "a whole number belongs here", node.span)
            return None
        return node.value

    def keys(
        self,
        node: MappingNode,
        known: Collection[str],
        foreign: Mapping[str, str],
        what: str,
        program: str | None = None,
    ) -> None:
        """Note the keys that are not known: one of another system is mentioned, a slip is an error.

        So is every other key where a `program` is surely the one that reads the file, and takes no others.
        """
        # vmalert has keys of its own beside those of Prometheus.
        own = [key for key, system in foreign.items() if program == VMALERT and system == "VictoriaMetrics"]
        taken = (*known, *own)
        refused: list[ScalarNode] = []
        for name, entry in node.entries.items():
            if name in known:
                continue
            close = difflib.get_close_matches(name, taken, 1, 0.8)
            # Where no other key is taken, one that differs further is a slip as well, as `exrp` is.
            near = close[0] if close else nearest(name, taken) if program is not None else None
            if name in foreign:
                self.info(
                    "file/foreign-key",
                    f"`{name}` is a key of {foreign[name]}: it is kept and not judged",
                    entry.key.span,
                )
            elif near is not None:
                self.error(
                    "file/unknown-key",
                    f"{what} has no key `{name}`",
                    entry.key.span,
                    f"did you mean `{near}`?",
                )
            elif program is not None:
                refused.append(entry.key)
            else:
                self.info(
                    "file/foreign-key",
                    f"`{name}` is not a key that Tocsin knows in {what}; it is kept and not checked",
                    entry.key.span,
                )
        if refused:
            listed = ", ".join(f"`{one}`" for one in taken)
            first, *others = refused
            notes = (Note(one.span, "nor this one") for one in others)
            them = "them" if others else "it"
            self.error(
                "file/refused-key",
                f"{what} has no key `{first.text}`, and {program} refuses the file for {them}",
                first.span,
                f"remove {them}, or write {them} as a comment: {what} has only {listed}",
                *notes,
            )

    def _misfit(self, kind: str, node: Node, key: ScalarNode | None) -> None:
        span = key.span if key is not None and _is_null(node) else node.span
        help_ = None
        if kind == "list" and isinstance(node, MappingNode) and node.entries:
            help_ = start_items_with_dash(node)
        self.error("file/type", _BELONGS[kind], span, help_)


def start_items_with_dash(node: MappingNode) -> str:
    """What to do where the only item of a list stands without its `-`."""
    return (
        f"start each item with `- `: write `- {next(iter(node.entries))}`, and indent its other keys as far"
    )


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None
