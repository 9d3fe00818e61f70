"""Specs damaged at random, given to the commands: each gets an answer with a place, and no bad output."""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner
from tests.damage import damaged_text, damaged_tree
from tests.time_limit import HangingError, time_limit
from yaml import CSafeDumper, CSafeLoader

from tocsin.cli.main import main
from tocsin.compile.partial import build_loaded
from tocsin.engines.amtool import check_config
from tocsin.engines.promtool import check_rules
from tocsin.spec.load import load_readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.engines.program import Program

SEED = int(os.environ.get("TOCSIN_SEED", "20261129"))
COUNT = int(os.environ.get("TOCSIN_COUNT", 100_000 if os.environ.get("TOCSIN_THOROUGH") else 300))
LIMIT = 10
"""Seconds after which a command counts as hanging: small specs take a few hundredths of one."""
ROOT = Path(__file__).parents[2]
WHOLE = [
    (ROOT / "tests" / "specs" / "shop.yaml").read_text(encoding="utf-8"),
    *[
        "".join(
            file.read_text(encoding="utf-8")
            for file in sorted((ROOT / "generator/tocsin/starter").glob("*.yaml"))
        )
    ]
    * 3,
]
TREES = [yaml.load(text, CSafeLoader) for text in WHOLE]


def _run(*arguments: str) -> tuple[int, str]:
    """The exit code and the standard output of a command; fails on a traceback and on a hang."""
    with time_limit(LIMIT):
        result = CliRunner().invoke(main, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in (0, 1, 2), result.output
    return result.exit_code, result.stdout


def _damaged(chance: random.Random) -> str:
    number = chance.randrange(len(WHOLE))
    if chance.randrange(2):
        return damaged_text(WHOLE[number], chance)
    return yaml.dump(
        damaged_tree(TREES[number], chance), Dumper=CSafeDumper, allow_unicode=True, sort_keys=False
    )


def _placeless(said: str) -> list[Any]:
    return [one for one in json.loads(said) if not one.get("line")]


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two commands read each spec; here the second one takes over what the first one made of it."""
    last: dict[str, tuple[object, object]] = {}

    def read(readings: Sequence[Any], undecodable: Sequence[Any] = (), *missing: Any) -> Any:
        text = "".join(document.text for document, _ in readings)
        if undecodable or last.get("loaded", ("", None))[0] != text:
            last["loaded"] = text, load_readings(readings, undecodable, *missing)
        return last["loaded"][1]

    def build(loaded: Any) -> Any:
        if last.get("built", (None, None))[0] is not loaded:
            last["built"] = loaded, build_loaded(loaded)
        return last["built"][1]

    monkeypatch.setattr("tocsin.spec.load.load_readings", read)
    monkeypatch.setattr("tocsin.compile.partial.build_loaded", build)


def test_a_damaged_spec_is_answered_with_places_and_never_becomes_files_that_an_engine_refuses(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    promtool: Program,
    amtool: Program,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(SEED)
    failures: list[str] = []
    kept = tmp_path / "failures"
    kept.mkdir()
    written: list[tuple[int, str]] = []
    ends = {0: 0, 1: 0, 2: 0}
    accepted = 0
    (tmp_path / "spec").mkdir()

    def fail(number: int, text: str, why: str) -> None:
        (kept / f"{number}.yaml").write_text(text, encoding="utf-8", newline="")
        failures.append(f"{number}: {why[:400]}")

    def judge() -> None:
        """Put what was generated to the real programs: all at once, and one by one where they refuse."""
        rules = sorted(tmp_path.glob("out*/prometheus/rules/*.yaml"))
        refused = check_rules(promtool, rules) if rules else None
        configs = sorted(tmp_path.glob("out*/alertmanager/alertmanager.yaml"))
        wrong = check_config(amtool, *configs) if configs else None
        for number, text in written:
            out = tmp_path / f"out{number}"
            if refused is not None and (own := sorted(out.glob("prometheus/rules/*.yaml"))):
                why = check_rules(promtool, own)
                if why is not None:
                    fail(number, text, f"promtool refuses the rules: {why}")
            config = out / "alertmanager" / "alertmanager.yaml"
            if wrong is not None and config.exists() and (why := check_config(amtool, config)) is not None:
                fail(number, text, f"amtool refuses the configuration: {why}")
            shutil.rmtree(out, ignore_errors=True)
        written.clear()

    for number in range(COUNT):
        text = _damaged(chance)
        (tmp_path / "spec" / "spec.yaml").write_text(text, encoding="utf-8", newline="")
        try:
            code, said = _run("check", "spec", "--format", "json")
            ends[code] += 1
            if code < 2 and (bad := _placeless(said)):
                fail(number, text, f"no place: {bad}")
            made, _ = _run("generate", "spec", "--output", f"out{number}")
            if made == 0:
                accepted += 1
                written.append((number, text))
        except (Exception, HangingError) as error:
            fail(number, text, f"{type(error).__name__}: {error}")
        if len(written) >= 40:
            judge()
        if number % 1000 == 999:
            gc.collect()
    judge()
    with capsys.disabled():
        print(
            f"\n{COUNT} damaged specs (seed {SEED}): exit codes {ends}, {accepted} generated,"
            f" {len(failures)} failures"
        )
    assert not failures, "\n".join([f"the specs are in {kept}", *failures[:40]])
