"""Addresses as Go reads them: what `url.Parse` and `net.SplitHostPort` refuse, and what Alertmanager adds."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_HOST = re.compile(r"(?:\[[^\[\]]*\]|[^\[\]:]*)(?::[0-9]*)?")
_HOST_CHARS = re.compile(r"""[ "#%<>\\^`{|}/?@]""")
_EXAMPLE = "write for example `https://example.org/path`"


def url_fault(text: str, *, any_scheme: bool = False) -> str | None:
    """Why Alertmanager takes this for no URL; its text is not repeated, as it may hold a secret."""
    if _CONTROL.search(text):
        return "a URL holds no control characters"
    rest = text.partition("#")[0]
    if _ESCAPE.search(text.partition("#")[2]):
        return "a `%` in a URL is followed by two hexadecimal digits"
    match = _SCHEME.match(rest)
    if match is None:
        if rest.startswith(":"):
            return f"the URL has no scheme: {_EXAMPLE}"
        if ":" in rest.partition("?")[0].split("/")[0]:
            return f"the first part of a path holds no colon: {_EXAMPLE}"
    scheme = match[1].lower() if match else ""
    rest = rest[match.end() :] if match else rest
    rest = rest.partition("?")[0]
    host = ""
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        rest = slash + path
        userinfo, at, bare = host.rpartition("@")
        if at and not re.fullmatch(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*", userinfo):
            return "the user part of the URL holds signs that it cannot hold"
        host = bare if at else host
        if not _HOST.fullmatch(host) or _HOST_CHARS.search(re.sub(r"%[0-9a-fA-F]{2}", "", host)):
            return "the URL's host or port cannot be read"
    if _ESCAPE.search(rest):
        return "a `%` in a URL is followed by two hexadecimal digits"
    if any_scheme:
        return None
    if scheme not in ("http", "https"):
        return f"a URL starts with http:// or https:// here: {_EXAMPLE}"
    return None if host else f"the URL names no host: {_EXAMPLE}"


def host_port_fault(text: str) -> str | None:
    """Why this is no `host:port`; an empty text is taken for nothing said."""
    if not text:
        return None
    match = re.fullmatch(r"(?:\[[^\[\]]*\]|[^\[\]:]*):([^\[\]:]*)", text)
    if match is None:
        return "a mail server is written `host:port`, as in `mail.example.org:587`"
    return None if match[1] else "the port is missing, as in `mail.example.org:587`"
