"""The HTTP API of the rulers of Mimir and Loki: rule groups in namespaces, one group a request.

Sources: `pkg/ruler/api.go` of Mimir, `pkg/ruler/base/api.go` of Loki.
"""

from __future__ import annotations

import http.client
import re
import ssl
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote, urlsplit

from tocsin import __version__
from tocsin.existing.canonical import CanonicalGroup, canonical_group
from tocsin.source.document import Document
from tocsin.source.node import MappingNode, SequenceNode
from tocsin.source.yaml import read_yaml
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tocsin.source.node import Node

_LARGEST = 256 * 1024 * 1024
_LONGEST_MESSAGE = 500
_KEY = re.compile(r"^(?:[\w\"'].*):[ \t]*$", re.MULTILINE)
"""A namespace in an answer: what belongs to one begins with spaces or a dash."""
_NO_GROUPS = "no rule groups found"
"""What Loki, and Mimir before 2.8, answer with 404 where a tenant has no rules."""

Groups = dict[str, tuple[CanonicalGroup, ...]]
"""The rule groups of a tenant, by namespace."""


class RulerError(Exception):
    """A ruler did not do what it was asked; the text says what, and holds no secret."""


@value_object
class Credentials:
    """Who asks; the texts are secrets, and never shown."""

    token: str | None = None
    """Sent as a bearer token."""
    user: str | None = None
    password: str = ""


@value_object
class Endpoint:
    """Where a ruler is, and how it is asked."""

    address: str
    """Its base address, without the path of the API."""
    path: str
    """Of the API below the address: `/prometheus/config/v1/rules`, `/loki/api/v1/rules`."""
    credentials: Credentials = Credentials()
    ca_file: Path | None = None
    """Certificates to trust instead of those of the system."""
    timeout: float = 30.0
    """Seconds that the ruler may be silent."""


class RulerApi:
    """A ruler as one tenant sees it; each method raises RulerError when it fails."""

    def __init__(self, endpoint: Endpoint, tenant: str) -> None:
        """`tenant` is empty where none is named."""
        self._endpoint = endpoint
        self._base = endpoint.address.rstrip("/") + endpoint.path
        self._headers = {"User-Agent": f"tocsin/{__version__}", **_authorization(endpoint.credentials)}
        if tenant:
            self._headers["X-Scope-OrgID"] = tenant
        self._opener = urllib.request.build_opener(
            _RefusingRedirects(), urllib.request.HTTPSHandler(context=_trust(endpoint.ca_file))
        )

    def groups(self) -> Groups:
        """All rule groups of the tenant."""
        status, text = self._ask("GET", "", accepted=(200, 404))
        if status == 404:
            if _NO_GROUPS in text:
                return {}
            self._fail("GET", self._base, 404, text)
        return _groups(text, self._base)

    def put(self, namespace: str, group: str) -> None:
        """Store a rule group, given as YAML, in place of the one of its name."""
        self._ask("POST", f"/{quote(namespace, safe='')}", body=group.encode())

    def delete(self, namespace: str, group: str) -> None:
        """Remove a rule group; one that is not there counts as removed."""
        path = f"/{quote(namespace, safe='')}/{quote(group, safe='')}"
        status, text = self._ask("DELETE", path, accepted=(200, 202, 204, 404))
        if status == 404 and "not exist" not in text and "not found" not in text:
            self._fail("DELETE", self._base + path, 404, text)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        accepted: tuple[int, ...] = (200, 201, 202, 204),
    ) -> tuple[int, str]:
        url = self._base + path
        headers = (
            dict(self._headers) if body is None else {**self._headers, "Content-Type": "application/yaml"}
        )
        request = urllib.request.Request(url, data=body, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=self._endpoint.timeout) as answer:
                status, content = answer.status, answer.read(_LARGEST + 1)
        except urllib.error.HTTPError as error:
            with error:
                status, content = error.code, _beginning(error)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error or type(error).__name__
            raise RulerError(self._masked(f"{method} {url}: no answer: {reason}")) from None
        if len(content) > _LARGEST:
            raise RulerError(f"{method} {url}: the answer is longer than {_LARGEST:,} bytes")
        text = content.decode("utf-8", "replace")
        if status not in accepted:
            self._fail(method, url, status, text)
        return status, text

    def _fail(self, method: str, url: str, status: int, text: str) -> NoReturn:
        said = " ".join(text.split())[:_LONGEST_MESSAGE] or http.client.responses.get(status, "")
        raise RulerError(self._masked(f"{method} {url} answered {status}: {said}"))

    def _masked(self, text: str) -> str:
        """The text without the secrets, which a server might repeat."""
        credentials = self._endpoint.credentials
        for secret in (credentials.token, credentials.password, *_sent(self._headers)):
            if secret:
                text = text.replace(secret, "<secret>")
        return text


class _RefusingRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect could lead the token, or the rules, to somebody else."""

    def redirect_request(self, *_arguments: object, **_more: object) -> None:
        """Follow nothing: the answer is then one that is not accepted."""
        return


def check_address(address: str) -> str | None:
    """What is wrong with the address of a ruler; None where nothing is."""
    try:
        parts = urlsplit(address)
        port_is_sound = parts.port is None or parts.port > 0
    except ValueError:
        return "it is not an address"
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_sound:
        return "it has to begin with http:// or https:// and a host"
    if parts.username is not None or parts.password is not None:
        return "a user and a password have no place in it"
    if parts.query or parts.fragment or not _is_plain(address):
        return "it holds more than a host and a path"
    return None


def check_path(path: str) -> str | None:
    """What is wrong with the path of the API below the address; None where nothing is."""
    if not path.startswith("/") or path.endswith("/"):
        return "it has to begin with a slash, and not to end with one"
    return None if _is_plain(path) and not set("?#") & set(path) else "it holds more than a path"


def _is_plain(text: str) -> bool:
    return all(32 < ord(char) < 127 for char in text)


def _authorization(credentials: Credentials) -> Mapping[str, str]:
    import base64

    if credentials.token is not None:
        return {"Authorization": f"Bearer {credentials.token}"}
    if credentials.user is not None:
        pair = f"{credentials.user}:{credentials.password}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _sent(headers: Mapping[str, str]) -> tuple[str, ...]:
    return (headers.get("Authorization", "").partition(" ")[2],)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise RulerError(f"{ca_file} holds no certificates: {error}") from None


def _beginning(error: urllib.error.HTTPError) -> bytes:
    try:
        return error.read(_LARGEST)
    except (OSError, http.client.HTTPException):
        return b""


def _groups(text: str, url: str) -> Groups:
    found: Groups = {}
    for part in _by_namespace(text):
        found |= _groups_of_part(part, url)
    return found


def _by_namespace(text: str) -> Iterator[str]:
    """The answer in parts that are small enough to be read: only its keys begin a line."""
    starts = [match.start() for match in _KEY.finditer(text)]
    if not starts or text[: starts[0]].strip():
        yield text
        return
    yield from (text[start:end] for start, end in zip(starts, (*starts[1:], len(text)), strict=True))


def _groups_of_part(text: str, url: str) -> Groups:
    reading = read_yaml(Document(url, text))
    node: Node | None = reading.node
    odd = RulerError(f"GET {url} answered something else than rule groups: is this the path of the API?")
    if reading.faults or not (node is None or isinstance(node, MappingNode)):
        raise odd
    found: Groups = {}
    for namespace, entry in node.entries.items() if node is not None else ():
        groups = entry.value.items if isinstance(entry.value, SequenceNode) else [entry.value]
        sound = [one for one in groups if isinstance(one, MappingNode) and "name" in one.entries]
        if len(sound) != len(groups):
            raise odd
        found[namespace] = tuple(map(canonical_group, sound))
    return found
