"""The rules that Sloth and Pyrra make of an SLO, by the formulas of their generators, and what both fire.

The formulas are those of `internal/plugin/slo/core` in slok/sloth and `slo/rules.go` in pyrra-dev/pyrra; each
SLO's rules stand in one group, so that all of them are evaluated at one time.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.engines.promtool import check_tests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tocsin.engines.program import Program

Rule = dict[str, Any]
_SLOTH_TIERS = {
    "page": (("5m", "1h", 14.4), ("30m", "6h", 6)),
    "ticket": (("2h", "1d", 3), ("6h", "3d", 1)),
}
_PYRRA_TIERS = (
    ("5m", "1h", "2m", 14, "critical"),
    ("30m", "6h", "15m", 7, "critical"),
    ("2h", "1d", "1h", 2, "warning"),
    ("6h", "4d", "3h", 1, "warning"),
)


def sloth_rules(text: str) -> list[Rule]:
    """Sloth's rules for the one SLO of a file with a period of 30d."""
    spec = yaml.safe_load(text)
    slo = spec["slos"][0]
    events = slo["sli"]["events"]
    ids = {"sloth_id": f"{spec['service']}-{slo['name']}", "sloth_service": spec["service"]}
    rules: list[Rule] = [
        {
            "record": f"slo:sli_error:ratio_rate{window}",
            "expr": f"({_at(events['error_query'], window)}) / ({_at(events['total_query'], window)})",
            "labels": {**ids, "sloth_window": window},
        }
        for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
    ]
    for tier, pairs in _SLOTH_TIERS.items():
        budget = (100 - slo["objective"]) / 100
        halves = [
            " and ".join(
                f"max(slo:sli_error:ratio_rate{window} > ({factor} * {budget})) without (sloth_window)"
                for window in (short, long)
            )
            for short, long, factor in pairs
        ]
        labels = {"sloth_severity": tier, "by": "sloth"}
        rules.append(
            {"alert": slo["alerting"]["name"], "expr": f"({halves[0]}) or ({halves[1]})", "labels": labels}
        )
    return rules


def pyrra_rules(text: str) -> list[Rule]:
    """Pyrra's rules for an SLO of a ratio over 4w without an alert on missing metrics."""
    spec = yaml.safe_load(text)["spec"]
    ratio = spec["indicator"]["ratio"]
    by = f" by ({', '.join(ratio['grouping'])}) "
    rules: list[Rule] = [
        {
            "record": f"requests:burnrate{window}",
            "expr": f"sum{by}(rate({ratio['errors']['metric']}[{window}]))"
            f" / sum{by}(rate({ratio['total']['metric']}[{window}]))",
            "labels": {"slo": "theirs"},
        }
        for window in ("5m", "30m", "1h", "2h", "6h", "1d", "4d")
    ]
    for short, long, wait, factor, severity in _PYRRA_TIERS:
        limit = f"({factor} * (1-{float(spec['target']) / 100}))"
        rules.append(
            {
                "alert": "ErrorBudgetBurn",
                "expr": f"requests:burnrate{short} > {limit} and requests:burnrate{long} > {limit}",
                "for": wait,
                "labels": {"by": "pyrra", "short": short, "severity": severity},
            }
        )
    return rules


def history(kind: str, minutes: int) -> Iterator[tuple[float, float]]:
    """How many events there are in each minute, and how many of them are bad."""
    choose = random.Random(kind)
    at = 0
    while at < minutes:
        what = kind if choose.random() < 0.6 else "quiet" if kind == "no traffic" else "fine"
        share = choose.choice([0.0008, 0.0033, 0.0074, 0.023, 0.13])
        for minute in range(length := min(choose.choice([4, 25, 90, 200]), minutes - at)):
            bad = {"outage": 1.0, "trickle": share, "flapping": share * (minute // 7 % 2) * 5}.get(what, 0.0)
            yield (0.0, 0.0) if what == "quiet" else (600.0, 600 * min(bad, 1.0))
        at += length


def counters(kind: str, minutes: int, *, reset: bool) -> tuple[str, str]:
    """The samples of the counters of good and of bad events."""
    good, bad = [0.0], [0.0]
    for minute, (events, failed) in enumerate(history(kind, minutes)):
        again = reset and minute % 97 == 96
        good.append((0 if again else good[-1]) + events - failed)
        bad.append((0 if again else bad[-1]) + failed)
    return " ".join(f"{one:g}" for one in good), " ".join(f"{one:g}" for one in bad)


def evaluations(
    promtool: Program,
    folder: Path,
    rules: Mapping[str, list[Rule]],
    series: Mapping[str, str],
    queries: Mapping[str, str],
    minutes: int,
) -> dict[str, int]:
    """In how many evaluations of the history each query has a value."""
    files = []
    for name, content in rules.items():
        files.append(f"{name}.yaml")
        groups = {"groups": [{"name": name, "interval": "1m", "rules": content}]}
        (folder / files[-1]).write_text(yaml.safe_dump(groups, width=10_000), encoding="utf-8")
    # No test holds, so that promtool prints each value: the number of the query in millions, and the count.
    tests = [
        {
            "expr": f"(count_over_time(max({query})[{minutes}m:1m]) or vector(0)) + {number}e6",
            "eval_time": f"{minutes}m",
            "exp_samples": [],
        }
        for number, query in enumerate(queries.values(), 1)
    ]
    given = [{"series": name, "values": samples} for name, samples in series.items()]
    test = {
        "rule_files": files,
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": given, "promql_expr_test": tests}],
    }
    (folder / "test.yaml").write_text(yaml.safe_dump(test, width=1_000_000), encoding="utf-8")
    printed = check_tests(promtool, [folder / "test.yaml"]) or ""
    counts = [int(float(found)) for found in re.findall(r"got:\s*\{\} ([0-9.eE+]+)", printed)]
    assert len(counts) == len(queries), printed
    return {name: count % 1_000_000 for name, count in zip(queries, sorted(counts), strict=True)}


def _at(query: str, window: str) -> str:
    return re.sub(r"\{\{ *\.window *\}\}", window, query)
