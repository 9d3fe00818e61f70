"""Each language says everything, and fills in what English fills in."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import pytest

from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.plan.model import Plan

_PLACEHOLDER = re.compile(r"\{\w*\}")
_ENGLISH = TEXTS["en"]


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each string below a value, by its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(one, f"{path}[{key}]")
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _texts(one, f"{path}[{number}]")
    else:
        assert is_dataclass(value)
        for field in fields(value):
            yield from _texts(getattr(value, field.name), f"{path}.{field.name}")


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_language_has_every_text(language: str) -> None:
    found = dict(_texts(TEXTS[language]))
    assert found.keys() == dict(_texts(_ENGLISH)).keys()
    assert not [path for path, text in found.items() if not text.strip()]


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_language_fills_in_the_same_values(language: str) -> None:
    english = dict(_texts(_ENGLISH))
    for path, text in _texts(TEXTS[language]):
        expected = _PLACEHOLDER.findall(english[path])
        # Unnamed values are filled in by their order, named ones may change places.
        assert sorted(_PLACEHOLDER.findall(text)) == sorted(expected), path


def test_the_languages_are_german_english_spanish_and_brazilian_portuguese() -> None:
    assert set(TEXTS) == {"de", "en", "es", "pt-BR"}


def test_a_spec_may_choose_each_language(plan_of: Callable[[str], Plan]) -> None:
    for language in TEXTS:
        plan = plan_of(
            f"project: {{name: p, title: P, language: {language}}}\n"
            "severities: {bad: {rank: 1, title: Bad}}\n"
            "receivers: {all: {}}\n"
            "routing: {catch_all: all}\n"
        )
        assert plan.project.language == language
