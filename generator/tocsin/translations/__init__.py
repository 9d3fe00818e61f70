"""The sentences of generated texts: one module a language, which is all that a further language needs."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.translations.model import Texts

_MODEL = "model"


def _languages() -> dict[str, Texts]:
    names = sorted(child.name for child in iter_modules(__path__) if child.name != _MODEL)
    modules = (import_module(f"{__name__}.{name}") for name in names)
    return {module.TEXTS.language: module.TEXTS for module in modules}


TEXTS: dict[str, Texts] = _languages()
"""The texts of each language, by the name that `project.language` gives it."""
