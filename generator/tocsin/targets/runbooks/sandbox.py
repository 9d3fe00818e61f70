"""The Jinja environment of page templates, which can only read what they are given."""

from __future__ import annotations

from typing import Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with its verdict on an attribute cached by type, on which alone it depends."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Whether a template may read an attribute."""
        key = type(obj), attr
        if key not in self._safe:
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]


def page_environment() -> ImmutableSandboxedEnvironment:
    """A new one, without filters."""
    return _Environment(
        loader=PackageLoader("tocsin.targets.runbooks"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Markdown is no HTML: the texts are escaped as Markdown before they get here.
        autoescape=False,
        # Looking for a newer template takes as long as a tenth of a page.
        auto_reload=False,
    )
