"""Comments in plain files that accept a finding: `# tocsin: allow label/dropped until 2027-01-01: reason`."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from tocsin.plan.model import Allowance
from tocsin.source.document import Span
from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.existing.node_reader import Reader
    from tocsin.source.document import Document

    Path = tuple[str | int, ...]

_COMMENT = regex_on_use(r"(?:^|(?<=[ \t]))#[ \t]*tocsin:[ \t]*(?P<said>[^\r\n]*)", re.MULTILINE)
_ALLOW = regex_on_use(
    r"allow[ \t]+(?P<check>[a-z0-9-]+/[a-z0-9-]+)(?:[ \t]+until[ \t]+(?P<until>[^ \t:]+))?[ \t]*:"
    r"[ \t]*(?P<reason>\S.*?)\s*"
)
_NOTHING = regex_on_use(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|[\r\n]))*[ \t]*(?:-[ \t]+)*")
_FORM = "write `# tocsin: allow CHECK: reason`, or `# tocsin: allow CHECK until 2030-12-31: reason`"


@value_object
class Comments:
    """What the comments of a file allow, and the comments themselves under the file's `comments_key`."""

    allowances: tuple[Allowance, ...]
    nodes: SequenceNode


def comments_key(file: str) -> str:
    """The name under which the comments of a file stand among the sources."""
    return f"{file}#"


def read_comments(document: Document, node: Node, reader: Reader) -> Comments:
    """Read the comments that begin with `tocsin:`; `node` is the whole file.

    A comment on a line of its own belongs to the rule, group or route that begins behind it, else to the one
    that it stands in; one behind a value to the one with that value.
    """
    text = document.text
    made: list[Allowance] = []
    nodes: list[ScalarNode] = []
    for found in _COMMENT.finditer(text) if "tocsin:" in text else ():
        allow = _ALLOW.fullmatch(found["said"])
        start, end = found.start(), found.start() + len(found[0].rstrip())
        if allow is None:
            message = "this comment does not allow anything"
            reader.error("file/comment", message, Span(document, start, end), _FORM)
            continue
        until = _date(allow["until"])
        if isinstance(until, str):
            reader.error("file/comment", until, Span(document, start, end), _FORM)
            continue
        place = Place((comments_key(document.name), len(nodes)))
        nodes.append(ScalarNode(document, start, end, "plain", found[0], found[0]))
        scope = (document.name, *_scope(text, node, start, found.end()))
        made.append(Allowance(allow["check"], scope, allow["reason"], until, place))
    return Comments(tuple(made), SequenceNode(document, 0, 0, tuple(nodes)))


def _date(text: str | None) -> date | str | None:
    """The date; a message when the text is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return f"`{text}` is not a valid date; use ISO 8601, for example 2030-12-31"


def _scope(text: str, node: Node, start: int, end: int) -> Path:
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start].rstrip()
    behind = _NOTHING.match(text, end)
    if before:
        return innermost_item(node, line + len(before) - 1)
    if behind is None or behind.end() == len(text):
        return innermost_item(node, start)
    return innermost_item(node, behind.end())


def innermost_item(node: Node, offset: int) -> Path:
    """The path of the last item of a list, or entry of the file, that begins at the offset or before it."""
    path: Path = ()
    found: Path = ()
    # What stands above the first key is about the whole file.
    first = next(iter(node.entries), None) if isinstance(node, MappingNode) else None
    while True:
        inner = _child(node, offset)
        if inner is None:
            return found
        step, node = inner
        path = (*path, step)
        if (isinstance(step, int) and isinstance(node, MappingNode)) or (path == (step,) and step != first):
            found = path


def _child(node: Node, offset: int) -> tuple[str | int, Node] | None:
    """The last child that has begun; entries that were merged in stand elsewhere."""
    begun: list[tuple[int, str | int, Node]] = []
    if isinstance(node, MappingNode):
        begun = [(entry.key.start, name, entry.value) for name, entry in node.entries.items()]
    elif isinstance(node, SequenceNode):
        begun = [(item.start, number, item) for number, item in enumerate(node.items)]
    begun = [one for one in begun if node.start <= one[0] <= offset]
    if not begun:
        return None
    _, step, child = max(begun, key=lambda one: one[0])
    return step, child
