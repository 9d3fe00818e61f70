"""Files in the folder of a spec that are no part of it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from tocsin.detect import signatures
from tocsin.detect.foreign import describe_document, is_unknown
from tocsin.detect.kinds import DocumentKind, document_parts
from tocsin.detect.template import faulty_template
from tocsin.source.node import MappingNode, SequenceNode
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.source.document import Document
    from tocsin.source.node import Node
    from tocsin.source.yaml import Reading

_LISTED_RULE = regex_on_use(r"(?m)^[ \t]*- +alert[ \t]*:.*(?:\n[ \t]+.*){0,4}?\n[ \t]+expr[ \t]*:")
_ADVICE = {
    DocumentKind.RULES: "check it by itself, or write its alerts under `groups:`",
    DocumentKind.ALERTMANAGER: "check it by itself, or write its routes under `routing:` and `receivers:`",
}


def foreign_to_spec(document: Document, reading: Reading) -> tuple[str, str | None] | None:
    """What a file is that is no part of a spec, and what else can be done with it than to move it elsewhere.

    None for a file that is a part of a spec, or may be meant as one: then its mistakes are worth knowing.
    """
    if (template := faulty_template(document, reading.faults)) is not None:
        return template.what, "render it, and put what comes out here"
    node = reading.node
    if not isinstance(node, MappingNode) or not node.entries:
        return None
    first = next(document_parts(node, ()))
    if first.kind in (DocumentKind.SPEC, DocumentKind.POLICY) or _is_meant(node, first.kind):
        return None
    if first.kind is DocumentKind.OTHER and len(node.entries) == 1 and is_unknown(node):
        # One key is no format: it is a key that a spec does not have.
        return None
    what = (
        describe_document(node).what if first.kind is DocumentKind.OTHER or first.path else first.kind.value
    )
    return what, _ADVICE.get(first.kind)


def is_sure_spec(nodes: Iterable[Node]) -> bool:
    """Whether documents of the kind of a spec are one: with alerts, or with two of its sections.

    Other programs have a section such as `project` as well, each with some keys that a spec has.
    """
    held: set[str] = set()
    for node in nodes:
        if isinstance(node, MappingNode):
            groups = signatures.value_at(node, "groups")
            parts = [one.value for one in groups.entries.values()] if isinstance(groups, MappingNode) else []
            if any(isinstance(one, MappingNode) and "alerts" in one.entries for one in parts):
                return True
            held |= node.entries.keys() & signatures.SPEC_KEYS
    return len(held) > 1


def may_be_spec(files: Iterable[tuple[Document, Reading]]) -> bool:
    """Whether the files of a folder, none of which is certainly part of a spec, may be meant as one.

    As many of them as have another format must have the keys of a spec, perhaps misspelt. Broken files
    count for neither, and nor do files with one unknown key, which alone are no spec.
    """
    meant = foreign = unknown = 0
    for document, reading in files:
        node = reading.node
        is_hidden = PurePath(document.name).name.startswith(".")
        is_foreign = isinstance(node, SequenceNode) or foreign_to_spec(document, reading) is not None
        if is_hidden or is_foreign or _LISTED_RULE.search(document.text):
            # What is hidden are the settings of other tools, and no spec has lists of rules.
            foreign += 1
        elif isinstance(node, MappingNode) and node.entries:
            is_meant = _is_meant(node, next(document_parts(node, ())).kind)
            meant += is_meant
            unknown += not is_meant
    return meant >= foreign and (meant > 0 or not unknown)


def _is_meant(node: MappingNode, kind: DocumentKind) -> bool:
    """Whether the keys are those of a spec, perhaps misspelt, or with lists below them as others have."""
    if "apiVersion" in node.entries:
        return False
    if kind is DocumentKind.RULES and any(
        isinstance(group, MappingNode) and "rules" in group.entries
        for group in signatures.items_at(node, "groups")
    ):
        return False
    meant = [key for key in node.entries if nearest(key, signatures.SPEC_KEYS) is not None]
    return 2 * len(meant) >= len(node.entries) and not {"route", "inhibit_rules"} & node.entries.keys()
