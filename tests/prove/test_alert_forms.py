"""No claim about an alert in a form that people write is refuted by samples as a Prometheus has them."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import TYPE_CHECKING

from tests.lang.flow.refute_flows import Asked, broken_claims, results
from tests.prove.alert_forms import INTERVALS, RECORDED, RECORDINGS, STEPS, AlertForms, random_world

from tocsin.lang.errors import LangError
from tocsin.lang.promql.flow import Recordings, promql_flow
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.types import Type, type_of
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program

_ROUNDS = int(os.environ.get("TOCSIN_ROUNDS") or (100 if os.environ.get("TOCSIN_THOROUGH") else 2))
_QUERIES = 250
"""Each is asked of a conventional world and of any, at a moment of each."""
_WORLDS = 3
_LABELS = ("job", "instance", "code", "zone", "phase", "version", "mode", "le", "cluster")


def test_no_claim_about_an_alert_is_refuted(
    promtool: Program, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    rules = tmp_path / "rules.yaml"
    recorded = [{"record": name, "expr": expr, "labels": labels} for name, expr, labels in RECORDED]
    rules.write_text(yaml_text({"groups": [{"name": "g", "rules": recorded}]}), encoding="utf-8")
    counts: Counter[str] = Counter()
    wrong: dict[str, str] = {}
    known = Recordings(RECORDINGS)
    for turn in range(_ROUNDS):
        draw = random.Random(f"alert forms {turn}")
        texts = _alerts(draw)
        counts["queries"] += len(texts)
        for conventional in (True, False):
            asked = [_asked(draw, texts, conventional=conventional) for _ in range(_WORLDS)]
            answers = iter(results(promtool, asked, tmp_path, rules))
            for world in asked:
                for text in texts:
                    result = next(answers)
                    counts["errors"] += result is None
                    counts["not empty"] += bool(result)
                    for by_name in (False, True) if conventional else (False,):
                        flow = promql_flow(text, known, conventions=by_name)
                        counts["said to be empty" + by_name * " by name"] += flow.empty is not None
                        counts["said to be always there"] += flow.always
                        for claim in () if result is None else broken_claims(flow, result, _LABELS):
                            wrong.setdefault(
                                text, f"{claim} [by name: {by_name}, {world.interval}, {world.at}]"
                            )
            assert next(answers, None) is None
    for name, count in counts.items():
        record_property(name, count)
    print(dict(counts))
    assert not wrong, f"{len(wrong)} are wrong:\n" + "\n".join(
        f"{a}\n    {b}" for a, b in [*wrong.items()][:40]
    )
    assert counts["not empty"] > counts["queries"] / 2


def _alerts(draw: random.Random) -> list[str]:
    """Alerts that Prometheus accepts, each once."""
    forms = AlertForms(draw)
    found: dict[str, None] = {}
    while len(found) < _QUERIES:
        text = forms.alert()
        try:
            if type_of(parse_promql(text)) is Type.VECTOR:
                found[text] = None
        except LangError:
            continue
    return list(found)


def _asked(draw: random.Random, texts: list[str], *, conventional: bool) -> Asked:
    interval = draw.choice(INTERVALS)
    world = dict(random_world(draw, interval, conventional=conventional))
    series = [{"series": name, "values": " ".join(values)} for name, values in world.items()]
    # Beside a scrape or between two, and some time after the last one now and then.
    at = draw.randrange(interval * 3, interval * (STEPS + 5))
    return Asked(series, texts, f"{interval}s", f"{at}s")
