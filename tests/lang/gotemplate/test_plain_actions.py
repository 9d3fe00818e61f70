"""Texts that print labels and the value are read like all others, though they take a shorter way."""

from __future__ import annotations

import itertools
import random

import pytest

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import FUNCTIONS, TemplateReads, reads, template_alone

THINGS = ("$labels.job", "$value", "$labels", "$labels.a.b", ".Value", "$values", "$labels.1", "$value 1")
PIPES = (
    "",
    *(f" | {name}" for name in sorted(FUNCTIONS)),
    "|humanize",
    " | nothing",
    " | title | toUpper",
    "|",
)
BRACES = (("{{", "}}"), ("{{ ", " }}"), ("{{- ", " -}}"), ("{{{", "}}"), ("{{", "}}}"), ("{{\t", "}}"))
AROUND = ("", "{", "}}", " é ", '{{ "}}" }}', "{{ if $value }}", "{{ end }}", "{{/*", "*/}}")
SEED = 11


def _said(text: str) -> TemplateReads | str:
    try:
        return reads(text)
    except LangError as error:
        return f"{error.reason} {error.span} {error.help}"


def _are_read_alike(text: str) -> None:
    # No plain text prints a string, and it changes nothing of what is read before it.
    short, whole = _said(text), _said(text + ' {{""}}')
    if isinstance(short, TemplateReads) or isinstance(whole, TemplateReads):
        assert short == whole, text


@pytest.mark.parametrize("thing", THINGS)
def test_one_action(thing: str) -> None:
    for pipe, (left, right), around in itertools.product(PIPES, BRACES, ("", "a ")):
        _are_read_alike(f"{around}{left}{thing}{pipe}{right}{around}")


def _reads_the_same_alone(text: str) -> None:
    whole, alone = _said(text), _said(template_alone(text))
    if isinstance(whole, TemplateReads):
        assert isinstance(alone, TemplateReads)
        assert [use.name for use in alone.labels] == [use.name for use in whole.labels]
        assert [use.functions for use in alone.values] == [use.functions for use in whole.values]
        assert alone.mentions_value == whole.mentions_value
    elif template_alone(text):
        assert isinstance(alone, str)


def test_words_around_plain_actions_can_change() -> None:
    text = "The disk of {{ $labels.job }} is full: {{ $value | humanize }} of it"
    assert template_alone(text) == "{{ $labels.job }}{{ $value | humanize }}"
    assert template_alone("It is full") == ""
    assert template_alone("{{ if $value }}Full{{ end }}") == "{{ if $value }}Full{{ end }}"


def test_several_actions() -> None:
    chance = random.Random(SEED)
    plain = 0
    for _ in range(3000):
        pieces: list[str] = []
        for _ in range(chance.randint(1, 4)):
            left, right = chance.choice(BRACES[:2] if chance.random() < 0.8 else BRACES)
            thing = chance.choice(THINGS[:2] if chance.random() < 0.9 else THINGS)
            pieces.append(f"{left}{thing}{chance.choice((*PIPES, '', ''))}{right}")
            pieces.append(chance.choice(AROUND if chance.random() < 0.3 else ("", " of ", " at ")))
        text = "".join(pieces)
        _are_read_alike(text)
        _reads_the_same_alone(text)
        plain += not isinstance(_said(text), str)
    assert plain > 800
