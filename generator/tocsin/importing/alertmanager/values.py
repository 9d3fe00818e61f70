"""Settings of Alertmanager as values of a spec: their keys as they stand, secrets by the paths of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.importing.alertmanager.secret_files import is_secret_address
from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced, plain_value
from tocsin.lang.alertmanager.http_client import is_secret_header
from tocsin.lang.alertmanager.schema import Choice, Key, Kind, Many, Named, Record, TextOr
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode, plain_data
from tocsin.text.secret_looks import secret_spans

if TYPE_CHECKING:
    from tocsin.importing.alertmanager.secret_files import SecretFiles
    from tocsin.lang.alertmanager.schema import Type
    from tocsin.source.node import Entry, Node

AWS_KEYS = ("access_key", "secret_key")
"""What Alertmanager reads from no file of its own, but the AWS SDK does from its own."""
_TRUE = frozenset({"true", "yes", "on", "y"})
_TARGETS = (Kind.TARGET_URL, Kind.TARGET_URL_TEMPLATE)
_HELP = "take it out of the configuration, or leave the file where it is"


class Settings:
    """Makes the values of one receiver, or of the global section; its name is that of its secrets' files."""

    def __init__(self, owner: str, files: SecretFiles) -> None:
        self._owner = owner
        self._files = files

    def record(self, node: MappingNode, record: Record) -> dict[str, Any]:
        """A mapping with known keys; what is null says nothing."""
        made: dict[str, Any] = {}
        for name, entry in node.entries.items():
            if _is_null(entry.value):
                continue
            if name not in record.keys:
                raise RefusedError(f"Tocsin knows no key `{name}` here", entry.key.span, _HELP)
            instead = record.keys[name].instead
            if instead is not None and instead in node.entries and not _is_null(node.entries[instead].value):
                reason = f"`{name}` and `{instead}` stand together, and only one of them is read"
                raise RefusedError(reason, entry.key.span, "remove the one that is not meant")
            if name in AWS_KEYS and "profile" in record.keys:
                made["profile"] = self._profile(node, entry)
            elif name == "profile" and AWS_KEYS[0] in node.entries:
                continue
            else:
                self._add(made, name, entry, record)
        return made

    def _profile(self, node: MappingNode, entry: Entry) -> Sourced:
        """The profile that has the place of a pair of keys of AWS."""
        named = node.entries.get("profile")
        wanted = named.value.text if named is not None and isinstance(named.value, ScalarNode) else ""
        pair = [node.entries[key].value for key in AWS_KEYS if key in node.entries]
        texts = tuple(one.text for one in pair if isinstance(one, ScalarNode))
        if not isinstance(entry.value, ScalarNode):
            raise RefusedError("this has another form than Alertmanager reads", entry.key.span, "correct it")
        return Sourced(
            self._files.profile_of(wanted or self._owner, entry.value, texts), entry.key, entry.value
        )

    def _add(self, made: dict[str, Any], name: str, entry: Entry, record: Record) -> None:
        key, node = record.keys[name], entry.value
        if isinstance(node, ScalarNode) and self._is_secret(key, node, name, record):
            if node.text:
                instead = key.instead or f"{name}_file"
                self._by_file(made, name, instead, entry)
        elif key.instead is not None and not (isinstance(node, ScalarNode) and node.text in key.public):
            self._of_headers(made, entry, key)
        elif key.type in _TARGETS and isinstance(node, ScalarNode) and any(secret_spans(node.text)):
            # Alertmanager executes no template that it reads from a file.
            reason = (
                f"`{name}` holds a secret and a template: from a file, the template would not be executed"
            )
            raise RefusedError(reason, entry.key.span, _HELP)
        elif key.type is Kind.PUBLIC_URL and isinstance(node, ScalarNode) and is_secret_address(node.text):
            reason = f"`{name}` may be a secret, and Alertmanager reads it from no file"
            raise RefusedError(reason, entry.key.span, _HELP)
        elif name == "proxy_connect_header" and isinstance(node, MappingNode) and _holds_secret(node):
            reason = f"`{name}` holds a secret, and Alertmanager reads it from no file"
            help_ = "give the proxy its credentials by `proxy_from_environment: true`"
            raise RefusedError(reason, entry.key.span, help_)
        elif key.in_files_only:
            raise RefusedError(f"a spec has no key `{name}`", entry.key.span, _HELP)
        else:
            value = self._value(node, key.type)
            if name in made and isinstance(value, list):
                value = [*plain_list(made[name]), *value]
            made[name] = Sourced(value, entry.key, node)

    def _is_secret(self, key: Key, node: ScalarNode, name: str, record: Record) -> bool:
        if key.instead is not None:
            return node.text not in key.public
        if str(node.value).startswith("<secret "):
            return f"{name}_file" in record.keys
        has_file = key.type in _TARGETS and f"{name}_file" in record.keys
        if not has_file or "{{" in node.text:
            return False
        return is_secret_address(node.text) or self._files.knows(node.text)

    def _by_file(self, made: dict[str, Any], name: str, instead: str, entry: Entry) -> None:
        """Write the path of a secret's file in place of the secret."""
        assert isinstance(entry.value, ScalarNode), "it was asked before"
        if name == "bearer_token":
            path = self._files.file_of(self._owner, name, entry.value)
            inner = {"credentials_file": Sourced(path, entry.key, entry.value)}
            made["authorization"] = Sourced(inner, entry.key, entry.value)
            return
        if " " in instead:
            # The sentence ends with what to write, or with what else to do.
            raise RefusedError(
                f"`{name}` holds a secret that a spec cannot: {instead}", entry.key.span, _HELP
            )
        path = self._files.file_of(self._owner, name, entry.value)
        made[instead] = Sourced(path, entry.key, entry.value)

    def _of_headers(self, made: dict[str, Any], entry: Entry, key: Key) -> None:
        """The secret values of a header, which stand before those that are in files."""
        node = entry.value
        if entry.key.text != "secrets" or not isinstance(node, SequenceNode):
            said = key.instead or ""
            raise RefusedError(
                f"`{entry.key.text}` holds a secret that a spec cannot: {said}", entry.key.span, _HELP
            )
        files = [
            Sourced(self._files.file_of(self._owner, "header", item), None, item)
            for item in node.items
            if isinstance(item, ScalarNode)
        ]
        made["files"] = Sourced([*files, *plain_list(made.get("files"))], entry.key, node)

    def _value(self, node: Node, kind: Type) -> Any:
        if isinstance(kind, TextOr):
            kind = Kind.TEXT if isinstance(node, ScalarNode) else kind.whole
        if isinstance(kind, Record) and isinstance(node, MappingNode):
            return self.record(node, kind)
        if isinstance(kind, Many) and isinstance(node, SequenceNode):
            return [
                Sourced(self._value(item, kind.item), None, item)
                for item in node.items
                if kind.checks_null or not _is_null(item)
            ]
        if isinstance(kind, Named) and isinstance(node, MappingNode):
            return {
                name: Sourced(self._value(entry.value, kind.item), entry.key, entry.value)
                for name, entry in node.entries.items()
                if not _is_null(entry.value)
            }
        if kind is Kind.ANYTHING:
            return plain_data(node)
        if not isinstance(node, ScalarNode):
            raise RefusedError("this has another form than Alertmanager reads", node.span, "correct it")
        return scalar_value(node, kind)


def receiver_labels(node: MappingNode) -> dict[str, ScalarNode]:
    """The labels of a receiver beside `name`, which Alertmanager adds itself."""
    return {
        name: entry.value
        for name, entry in node.entries.items()
        if name != "name" and isinstance(entry.value, ScalarNode)
    }


def plain_list(value: object) -> list[object]:
    """The items of a list; none where there is no list."""
    found = plain_value(value)
    return [*found] if isinstance(found, list) else []


def scalar_value(node: ScalarNode, kind: Type) -> Any:
    """A value that is no list or mapping, as Alertmanager reads it."""
    if kind is Kind.FLAG:
        return node.text.lower() in _TRUE
    if kind in (Kind.NUMBER, Kind.COUNT, Kind.FRACTION) and isinstance(node.value, int | float):
        return int(node.value) if float(node.value).is_integer() else node.value
    assert isinstance(kind, Kind | Choice), "others have items or keys"
    return node.text


def _holds_secret(headers: MappingNode) -> bool:
    for name, entry in headers.entries.items():
        values = entry.value.items if isinstance(entry.value, SequenceNode) else ()
        texts = [one.text for one in values if isinstance(one, ScalarNode)]
        is_secret = (text.startswith("<secret") or any(secret_spans(text)) for text in texts)
        if is_secret_header(name) or any(is_secret):
            return True
    return False


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None
