"""Where a part of a spec cannot be read, nothing is found that is only there because of that."""

from __future__ import annotations

import random
import re
from datetime import date
from pathlib import Path

import pytest

from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.checks.framework.completeness import areas_needed
from tocsin.compile.partial import build_loaded
from tocsin.diagnostics import Diagnostic, Level
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.diagnostics.incomplete import AREAS
from tocsin.source.document import Document
from tocsin.spec.load import load_documents

ROOT = Path(__file__).parents[3]
SHOP = [("shop.yaml", (ROOT / "tests" / "specs" / "shop.yaml").read_text(encoding="utf-8"))]
CONECTCRM = [
    (path.name, path.read_text(encoding="utf-8")) for path in sorted((ROOT / "spec").rglob("*.yaml"))
]
_KEY = re.compile(r"(?<=[\s{,])([a-z_]+)(?=:[ \n])")
_VALUE = re.compile(r"(?<=: )([\w.%]+)(?=[,}\n])")
_NEVER_NEED_ALL = {"allow/unused"}


def _found(files: list[tuple[str, str]]) -> tuple[Diagnostic, ...]:
    made = build_loaded(load_documents(Document(name, text) for name, text in files))
    if made.plan is None:
        return made.diagnostics
    known = {*CHECKS, *MESSAGES}
    checks = list(CHECKS.values())
    day = date(2026, 6, 1)
    return check_plan(
        made.plan, made.sources, checks, known=known, today=day, found=made.diagnostics, unread=made.unread
    )


def _with_a_slip(files: list[tuple[str, str]], chance: random.Random) -> tuple[list[tuple[str, str]], str]:
    number = chance.randrange(len(files))
    name, text = files[number]
    found = chance.choice(list(chance.choice([_KEY, _VALUE]).finditer(text)))
    word = found[1]
    at = chance.randrange(len(word))
    slip = chance.choice([word[:at] + "x" + word[at + 1 :], word + "x", "zzqq", "[a]", "{a: b}", '""'])
    changed = list(files)
    changed[number] = (name, text[: found.start()] + slip + text[found.end() :])
    return changed, f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {word} -> {slip}"


@pytest.mark.parametrize(("files", "slips"), [(SHOP, 250), (CONECTCRM, 12)], ids=["shop", "conectcrm"])
def test_a_slip_makes_no_finding_of_a_check_that_was_not_there(
    files: list[tuple[str, str]], slips: int
) -> None:
    chance = random.Random(13)
    sound = {(one.id, one.message) for one in _found(files)}
    refused = 0
    for _ in range(slips):
        changed, slip = _with_a_slip(files, chance)
        found = _found(changed)
        if any(one.id in MESSAGES and one.level is Level.ERROR for one in found):
            refused += 1
            further = {(one.id, one.message) for one in found if one.id in CHECKS} - sound
            assert further == set(), slip
            assert "tocsin/crash" not in {one.id for one in found}, slip
    assert refused > slips // 2


def test_what_each_check_needs_is_decided() -> None:
    undecided = {id_ for id_, check in CHECKS.items() if areas_needed(check) == AREAS} - _NEVER_NEED_ALL
    assert undecided == set()
