"""The keys that may stand at a place of a rule file or an Alertmanager configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.existing.alertmanager import CONFIGURATION
from tocsin.existing.alertmanager.shapes import ANYTHING, Either, Many, Named, Record
from tocsin.existing.rules import GROUP_KEYS, RULE_KEYS

if TYPE_CHECKING:
    from tocsin.existing.alertmanager.shapes import Path, Shape

_RULE = Record(dict.fromkeys(RULE_KEYS, ANYTHING))
_GROUP = Record({**dict.fromkeys(GROUP_KEYS, ANYTHING), "rules": Many(_RULE)})
_SHAPES: dict[DocumentKind, Shape] = {
    DocumentKind.RULES: Record({"groups": Many(_GROUP)}),
    DocumentKind.ALERTMANAGER: CONFIGURATION,
}


def known_keys(kind: DocumentKind, path: Path) -> tuple[str, ...]:
    """The keys of the mapping at a path of a document; none where the author chooses them."""
    shape = _SHAPES.get(kind, ANYTHING)
    for part in path:
        if isinstance(shape, Either):
            shape = shape.whole
        if isinstance(shape, Record):
            shape = shape.keys.get(str(part), ANYTHING)
        else:
            shape = shape.item if isinstance(shape, Many | Named) else ANYTHING
    if isinstance(shape, Either):
        shape = shape.whole
    return tuple(shape.keys) if isinstance(shape, Record) else ()
