"""Texts with Go templates, as a person reads them on a panel where nothing fills the templates in."""

from __future__ import annotations

import re

_ACTION = re.compile(r"""\{\{-?((?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|[^"`])*?)-?\}\}""")
_SILENT = re.compile(
    r"\s*(?:(?:if|else|end|range|with|define|template|block|break|continue)\b|/\*|\$\w+\s*:?=)"
)
_LABEL = re.compile(r"""(?:\$labels|\.Labels|\$externalLabels)(?:\.(\w+)|\s+["`](\w+)["`])""")
_VALUE = re.compile(r"\$value\b|\.Value\b")


def readable_template(text: str, value: str) -> str:
    """The text with names such as ‹instance› in place of templates; `value` names the alert's value."""
    if "{{" not in text:
        return text

    def shown(action: re.Match[str]) -> str:
        body = action[1]
        if _SILENT.match(body):
            return ""
        if label := _LABEL.search(body):
            return f"‹{label[1] or label[2]}›"
        return f"‹{value}›" if _VALUE.search(body) else "…"

    return _ACTION.sub(shown, text)


def plain_markdown(text: str) -> str:
    """The text on one line, with the signs escaped that Markdown would take for its own."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", " ".join(text.split()))
