"""Templates that become YAML only when another program fills them in."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from tocsin.detect.file_names import holds_ansible_variables, is_jinja_name
from tocsin.detect.foreign import Unread
from tocsin.detect.kinds import DocumentKind, document_parts
from tocsin.detect.signatures import is_dashboard, value_at
from tocsin.lang.gotemplate.functions import PROMETHEUS
from tocsin.lang.gotemplate.notification_types import FUNCTIONS
from tocsin.source.document import Document
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.yaml import read_stream
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.source.node import Node
    from tocsin.source.yaml_error import YamlError


class FileTemplate(NamedTuple):
    """In which language it is written, where its first tag is, and how it is filled in."""

    what: str
    span: tuple[int, int]
    help: str

    @property
    def unread(self) -> Unread:
        """Why it is not read."""
        return Unread(self.what, "it is not YAML before it is rendered", True)


_JSONNET_SUFFIXES = (".jsonnet", ".libsonnet")


def jsonnet(document: Document) -> FileTemplate | None:
    """A program in Jsonnet, by the name of its file."""
    if not document.name.endswith(_JSONNET_SUFFIXES):
        return None
    help_ = "render it first: `jsonnet -J vendor FILE` prints JSON, which is read in its place"
    return FileTemplate("Jsonnet", (0, 1), help_)


_RENDER = "render it first, and check what comes out"
_LANGUAGES = (
    (
        "a template of a Helm chart",
        regex_on_use(
            r"\{\{-?\s*(?:(?:if|range|with|define|include|template|end|else)\b[^}]{0,2000}|"
            r"[^}`]{0,2000}\.(?:Values|Release|Chart|Files|Capabilities)\b[^}]{0,2000})\}\}"
        ),
        f"{_RENDER}: `helm template CHART > rendered.yaml`",
    ),
    (
        "a Jinja template",
        # Go's templates have no texts in single quotes: so Jinja keeps the braces of others.
        regex_on_use(r"\{%.{0,2000}?%\}|\{\{-?[ \t]*'[^'\n]{0,600}(?:\{\{|\}\})[^'\n]{0,600}'", re.DOTALL),
        _RENDER,
    ),
    ("an ERB template", regex_on_use(r"<%.{0,2000}?%>", re.DOTALL), _RENDER),
    (
        "a template of Terraform",
        regex_on_use(r"%\{~?[ \t]*(?:for|if|else|endfor|endif)\b[^}\n]{0,600}\}"),
        f"{_RENDER}: `terraform console` shows what `templatefile` makes of it",
    ),
)
# A value that begins with a tag is an annotation that its author forgot to put in quotes.
_ALONE = (
    "a template",
    regex_on_use(
        r"^[ \t]*(?:\{\{[^\n]{0,2000}?\}\}|\[\[[^\n]{0,2000}?\]\]|\$\{[^{}\n]{0,600}\})[ \t]*\r?$",
        re.MULTILINE,
    ),
    _RENDER,
)
# A tag of rules or notifications reads data, or calls a function that is known: its author forgot the quotes.
_OTHER = (
    "a template",
    regex_on_use(
        # No data of alerts has an underscore in its name, and what begins with a capital letter is known.
        r"\{\{-?[ \t]*(?P<word>[A-Za-z_]\w*|\.[A-Z]\w*|\.[A-Za-z]+(?:_[A-Za-z0-9]+)+|"
        # Nor is it in camel case, and values lie three names deep.
        r"\.[a-z]+[A-Z]\w*|\.[a-z]\w*(?:\.\w+){2,8})"
        # The port of an address may follow.
        r"[ \t]*(?:[\"'`|(.\[][^{}$\n]{0,600})?-?\}\}(?=(?::[0-9]+)?[ \t]*\r?$)",
        re.MULTILINE,
    ),
    _RENDER,
)
# The quotes of such a tag end the string that it stands in.
_IN_QUOTES = (
    "a template",
    regex_on_use(
        r"(?P<quote>[\"'])\{\{-?[ \t]*(?P<word>[A-Za-z_]\w*)[ \t]*[|(.\[][^{}$\n]{0,600}?(?P=quote)"
        r"[^{}$\n]{0,600}\}\}"
    ),
    _RENDER,
)
_KNOWN = frozenset(
    {*PROMETHEUS, *FUNCTIONS, "labels", "template", "if", "range", "with", "end", "else"}
    | {".Labels", ".Value", ".ExternalLabels", ".ExternalURL", ".Status", ".Receiver", ".Alerts"}
    | {".GroupLabels", ".CommonLabels", ".CommonAnnotations", ".Annotations", ".Name", ".Fingerprint"}
    | {".StartsAt", ".EndsAt", ".GeneratorURL"}
)
_FIELD = regex_on_use(r"(?<![\w.)\]\"'])\.[A-Z]\w*")
"""What a tag reads of its data itself."""
_OF_HELM = regex_on_use(r"\{\{-?[^}`]{0,600}?\.(?:Values|Release|Chart|Files|Capabilities)\.")
# Nothing in alerting has such a tag as its value, or alone on a line.
_OF_ERB = regex_on_use(r"^[^\S\n]*<%|:[^\S\n]*[\"']?<%=", re.MULTILINE)
_OF_JINJA = regex_on_use(r"\{\{-?[ \t]*'[^'\n]{0,600}\{\{[^'\n]{0,600}'")
_JINJA_TAG = regex_on_use(r"\{%|\{\{-?[ \t]*(?:['\"]|(?P<word>[A-Za-z_]\w*))")
_CALLED = regex_on_use(r"\.(?:tmpl|gotmpl)(?:\.|$)")
_ESCAPE = regex_on_use(r"\{\{-?\s*(?:`\{\{|\"\{\{-?\"\s*-?\}\})")
_ANY = ("a template", regex_on_use(r"\{\{.{0,2000}?\}\}|\$\{[^}\n]{0,2000}\}"), _RENDER)
# Braces in a string, which a chart keeps from Helm, do not end the tag.
_TAG = regex_on_use(
    r"\{\{-?\s*(?:\"[^\"\n]{0,600}\"|`[^`]{0,600}`)\s*-?\}\}|"
    r"\{\{.{0,2000}?\}\}|%\{[^}\n]{0,600}\}|\{%.{0,2000}?%\}|\{#.{0,2000}?#\}|<%.{0,2000}?%>",
    re.DOTALL,
)
_TAG_LINES = regex_on_use(rf"^[ \t]*(?:(?:{_TAG.pattern})[ \t]*)+\r?$", re.MULTILINE | re.DOTALL)
_QUOTED = regex_on_use(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`", re.DOTALL)
# `${__rate_interval}` is a variable of Grafana, which its users write by mistake.
_IN_QUERY = regex_on_use(r"\{\{|\{%|<%|\$\{(?!__)|__[A-Z][A-Z0-9_]*__")


def template_of(text: str) -> FileTemplate | None:
    """The template that a text is by tags that annotations do not have; None where it has none of them."""
    return _first(text, _LANGUAGES)


def is_of_helm(document: Document) -> bool:
    """Whether a text that can be read as YAML is still a template of Helm.

    It asks for Helm's values, and either keeps other braces from Helm or stands where templates do.
    """
    path = PurePath(document.name)
    stands = path.suffix == ".tpl" or "templates" in path.parts[:-1]
    text = document.text
    return _OF_HELM.search(text) is not None and (stands or _ESCAPE.search(text) is not None)


def is_unfinished(document: Document) -> bool:
    """Whether a text that can be read as YAML is still a template, of Helm, ERB or Jinja."""
    text = document.text
    if _OF_ERB.search(text) is not None or _OF_JINJA.search(text) is not None:
        return True
    # What keeps braces from a template's program is one, if it is called a template as well.
    is_kept = _CALLED.search(PurePath(document.name).name) is not None and _ESCAPE.search(text) is not None
    return is_of_helm(document) or is_kept or (is_jinja_name(document.name) and has_tags(text))


def is_rendered_by_ansible(name: str, text: str) -> bool:
    """Whether a text in a file of variables is rendered before Alertmanager gets it.

    A tag of Jinja in it begins with a word that Alertmanager does not know, or with a string.
    """
    return holds_ansible_variables(name) and any(
        found["word"] not in _KNOWN for found in _JINJA_TAG.finditer(text)
    )


def faulty_template(document: Document, faults: Iterable[YamlError]) -> FileTemplate | None:
    """The template whose tag keeps a text from being YAML; None where all tags stand in quotes.

    The parser stumbles over a tag at the start of a value there, or on the next line.
    """
    lines = {fault.span.line for fault in faults}
    for found in _ESCAPE.finditer(document.text) if lines else ():
        # Braces that are kept from Helm end the string in which they stand.
        if document.position(found.start())[0] in lines:
            helm, _, help_ = _LANGUAGES[0]
            return FileTemplate(helm, found.span(), help_)
    for what, tag, help_ in (*_LANGUAGES, _ALONE, _OTHER, _IN_QUOTES) if lines else ():
        for found in tag.finditer(document.text):
            is_named = tag in (_OTHER[1], _IN_QUOTES[1]) and found["word"] in _KNOWN
            if is_named and _KNOWN.issuperset(_FIELD.findall(found[0])):
                continue
            line, column = document.position(found.start())
            before = document.line(line)[: column - 1].rstrip()
            starts = not before or (tag is not _ALONE[1] and before[-1] in ":-[{,")
            if starts and lines & {line, line + 1}:
                return FileTemplate(what, found.span(), help_)
    return None


def filled_in(text: str, start: int = 0) -> FileTemplate:
    """The template that a text is, of which it is known that it is one from `start` on."""
    found = _first(text[start:], (*_LANGUAGES, _ANY))
    if found is None:
        return FileTemplate("a template", (0, 0), _RENDER)
    return found._replace(span=(found.span[0] + start, found.span[1] + start))


def has_tags(text: str) -> bool:
    """Whether there is a tag of any language in a text."""
    return _TAG.search(text) is not None


def fills_in_rules(node: Node) -> bool:
    """Whether a query or a duration in rules holds a tag, where no engine reads one."""
    return setting_with_tag(node) is not None


def setting_with_tag(node: Node) -> ScalarNode | None:
    """The first query or duration in rules with a tag, where no engine reads one; None where none has.

    In the strings of a query tags may stand, and in the names of a resource none.
    """
    for name in _names_of_resource(node):
        if "{{" in name.text:
            return name
    for key, value in _settings(node):
        if _IN_QUERY.search(_QUOTED.sub("", value.text) if key == "expr" else value.text):
            return value
    return None


def is_alerting_template(text: str) -> bool:
    """Whether a text without its tags is alerting, read or not."""
    without = _TAG.sub("x", _TAG_LINES.sub("", text))
    stream = read_stream(Document("", without))
    return any(
        part.kind is not DocumentKind.OTHER for node in stream.nodes for part in document_parts(node, ())
    )


def _first(text: str, languages: Iterable[tuple[str, re.Pattern[str], str]]) -> FileTemplate | None:
    """The template by the first tag of a text: what Jinja leaves raw may have those of others inside."""
    found = [
        (match, what, help_) for what, tag, help_ in languages if (match := tag.search(text)) is not None
    ]
    if not found:
        return None
    match, what, help_ = min(found, key=lambda one: one[0].start())
    return FileTemplate(what, match.span(), help_)


def _names_of_resource(node: Node) -> Iterator[ScalarNode]:
    """The name, the namespace and the values of labels in the metadata of a resource."""
    metadata = value_at(node, "metadata") if isinstance(node, MappingNode) else None
    if not isinstance(node, MappingNode) or not isinstance(metadata, MappingNode):
        return
    if {"apiVersion", "kind"} <= node.entries.keys():
        labels = value_at(metadata, "labels")
        values = [value_at(metadata, "name"), value_at(metadata, "namespace")]
        values += [one.value for one in labels.entries.values()] if isinstance(labels, MappingNode) else []
        yield from (one for one in values if isinstance(one, ScalarNode))


def _settings(node: Node) -> Iterator[tuple[str, ScalarNode]]:
    """The queries and durations of rules, each with its key."""
    if isinstance(node, MappingNode):
        is_rule = "expr" in node.entries
        # The queries of a dashboard hold variables that Grafana fills in.
        for name, entry in () if is_dashboard(node) else node.entries.items():
            if not isinstance(entry.value, ScalarNode):
                yield from _settings(entry.value)
            elif name == "expr" or (is_rule and name in ("for", "keep_firing_for")):
                yield name, entry.value
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _settings(item)
