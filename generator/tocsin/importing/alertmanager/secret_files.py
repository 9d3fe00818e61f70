"""Secrets in clear text, and the files that replace them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tocsin.importing.comment_secrets import HIDDEN
from tocsin.text.secret_looks import secret_spans
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.document import Span
    from tocsin.source.node import ScalarNode

FOLDER = "/etc/alertmanager/secrets"
"""Absolute: Alertmanager reads most of these files from where it was started, not from its configuration."""

_CREDENTIALS = "~/.aws/credentials"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")
_REFERENCE = re.compile(r"<secret (?P<name>[^\s/]+)/(?P<key>[^\s/]+)>")
_WORD = re.compile(r"[a-z]+|[a-z]{2,}[0-9]{1,3}|[A-Z]{1,4}|[A-Z][a-z]+|v?[0-9]{1,4}")
_TOKEN_HOSTS = ("nosnch.in", "hc-ping.com", "cronitor.link", "ntfy.sh")
"""Services whose URLs end with the credential, whatever it looks like."""
_PARTS = re.compile(r"[-_.]")
_ENOUGH = 4
"""A shorter secret is no more than a word, which comments may hold by chance."""


@value_object
class MovedSecret:
    """A secret that was in clear text, and the path of the file that replaces it."""

    file: str
    key: str
    """That it stood under."""
    span: Span


class SecretFiles:
    """Assigns a file path to each secret, the same one wherever the secret occurs again."""

    def __init__(self) -> None:
        self.moved: list[MovedSecret] = []
        self.references: dict[str, None] = {}
        """The files of those that were references before: to Secrets of Kubernetes."""
        self._values: dict[str, str] = {}
        self._nodes: list[ScalarNode] = []
        self._profiles: dict[tuple[str, ...], str] = {}
        self._of_node: dict[int, str] = {}

    def file_of(self, owner: str, key: str, node: ScalarNode) -> str:
        """The file for a secret under a key of a receiver."""
        found = _REFERENCE.fullmatch(str(node.value))
        if found is not None:
            file = f"{FOLDER}/{found['name']}/{found['key']}"
            self.references[file] = None
            self._of_node[id(node)] = file
            return file
        if node.text not in self._values:
            stem = f"{FOLDER}/{_NOT_IN_NAMES.sub('-', owner).strip('-.') or 'receiver'}-{key}"
            taken, file, count = {one.lower() for one in self._values.values()}, stem, 1
            while file.lower() in taken:
                count += 1
                file = f"{stem}-{count}"
            self._values[node.text] = file
        if id(node) not in self._of_node:
            self._of_node[id(node)] = self._values[node.text]
            self._nodes.append(node)
            self.moved.append(MovedSecret(self._values[node.text], key, node.span))
        return self._values[node.text]

    def profile_of(self, owner: str, node: ScalarNode, keys: tuple[str, ...]) -> str:
        """The profile of AWS's credentials file for a pair of keys, of which this is one.

        It is called by `owner`, as far as that is free. Alertmanager reads such keys from no file of its own.
        """
        known = self._profiles
        if keys not in known:
            stem, count = _NOT_IN_NAMES.sub("-", owner).strip("-.") or "receiver", 1
            profile = stem
            while profile in known.values():
                count += 1
                profile = f"{stem}-{count}"
            known[keys] = profile
        if id(node) not in self._of_node:
            self._of_node[id(node)] = known[keys]
            self._nodes.append(node)
            self.moved.append(MovedSecret(f"{_CREDENTIALS} [{known[keys]}]", "AWS key", node.span))
        return known[keys]

    def file_at(self, node: ScalarNode) -> str | None:
        """The file or profile that has taken the place of a value; None where that is no secret."""
        return self._of_node.get(id(node))

    def knows(self, text: str) -> bool:
        """Whether a text is a secret that has a file."""
        return text in self._values

    def secrets(self) -> dict[str, MovedSecret]:
        """The secrets that stood in clear, each with where it was found first."""
        return {node.text: one for node, one in reversed([*zip(self._nodes, self.moved, strict=True)])}

    def without_secrets(self, line: str) -> str:
        """A comment without the known secrets."""
        for value in sorted(self.secrets(), key=len, reverse=True):
            if len(value) >= _ENOUGH:
                line = line.replace(value, HIDDEN)
        return line


def is_secret_address(text: str) -> bool:
    """Whether anybody who knows an address may be able to post to it.

    Such a one has a user, parameters, or a part that is no word.
    """
    if any(secret_spans(text)):
        return True
    try:
        parts = urlsplit(text)
    except ValueError:
        return True
    if "@" in parts.netloc or parts.query or parts.fragment:
        return True
    if (parts.hostname or "").endswith(_TOKEN_HOSTS) and parts.path.strip("/"):
        return True
    return not all(_is_of_words(step) for step in parts.path.split("/") if step)


def _is_of_words(step: str) -> bool:
    return len(step) <= 40 and all(_WORD.fullmatch(part) for part in _PARTS.split(step) if part)
