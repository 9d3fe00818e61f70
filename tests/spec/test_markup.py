"""What could be markup or a script on a page or in a chat is refused where the spec says it."""

from __future__ import annotations

import pytest

from tocsin.source.document import Document
from tocsin.spec.load import load_documents


def _ids(text: str) -> set[tuple[str, int]]:
    found = load_documents([Document("a.yaml", text)]).diagnostics
    return {(one.id, one.span.line) for one in found if one.span is not None}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert`1`",
        " javascript:x",
        "data:text/html;base64,eA==",
        "vbscript:x",
        "file:///etc/passwd",
        "https://x.example/) <script>alert(1)</script> [y](z",
        "https://x.example/a b",
    ],
)
def test_a_link_is_an_address_and_nothing_else(url: str) -> None:
    text = f"escalation:\n  links:\n  - title: wiki\n    url: '{url}'\n"
    assert ("spec/address", 4) in _ids(text)


@pytest.mark.parametrize(
    "url",
    [
        *("https://wiki.example/a?b=c#d", "../procedures/x.md#a", "mailto:a@example.org", "#a"),
        'https://am.example/#/silences/new?filter={severity="warning"}',
    ],
)
def test_other_links_are_fine(url: str) -> None:
    text = f"escalation:\n  links:\n  - title: wiki\n    url: '{url}'\n"
    assert ("spec/address", 4) not in _ids(text)


@pytest.mark.parametrize("icon", ["<img src=x onerror=alert(1)>", "[x](y)", "<http://x|y>", "a`b", "x" * 33])
def test_an_icon_is_no_markup(icon: str) -> None:
    assert ("spec/name", 2) in _ids(f"severities:\n  critical: {{rank: 1, title: a, icon: '{icon}'}}\n")


@pytest.mark.parametrize("icon", ["🔥", ":fire:", "👩\u200d🚒", ""])
def test_an_emoji_is_one(icon: str) -> None:
    assert ("spec/name", 2) not in _ids(f"severities:\n  critical: {{rank: 1, title: a, icon: '{icon}'}}\n")
