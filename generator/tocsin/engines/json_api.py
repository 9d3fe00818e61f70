"""JSON over HTTP to a program on this machine, with a limit on every answer."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from tocsin.engines.program import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 10.0
_LARGEST = 256 * 1024 * 1024
# Programs on this machine are never behind a proxy, whatever the environment says.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Any:
    """The JSON, or else the text, that a GET answers; EngineError when it fails or takes over 10 s."""
    return _ask(f"{url}?{urlencode(query)}" if query else url, None, headers or {})


def post(url: str, value: Any, headers: Mapping[str, str] | None = None) -> Any:
    """The JSON, or else the text, that a POST of JSON answers; EngineError when it fails."""
    return _ask(url, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})


def _ask(url: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
    request = urllib.request.Request(url, data=body, headers=dict(headers))
    try:
        with _opener.open(request, timeout=_LONGEST) as answer:
            text = answer.read(_LARGEST).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        said = error.read(2000).decode("utf-8", "replace").strip()
        raise EngineError(f"{url} answered {error.code}: {said or error.reason}") from None
    except OSError as error:
        reason = getattr(error, "reason", None) or error
        raise EngineError(f"{url} does not answer: {reason}") from None
    try:
        return json.loads(text)
    except ValueError:
        return text
