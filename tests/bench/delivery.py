"""What it costs to deliver rules to rulers, and how much another rule changes of what they get.

A spec of 10,000 alerts and 2,000 recording rules is generated with `deliver:` and without; then alerts and
recordings are added, one at a time, and the files counted that are not as before.
"""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthetic import write_spec

from tocsin.deliver.rulers import ruler_namespaces
from tocsin.plan.model import Engine, Rule
from tocsin.plan.ruler_groups import divided_rules
from tocsin.text.yaml import yaml_text
from tocsin.workspace.load import Planned, load

if TYPE_CHECKING:
    from tocsin.plan.model import Plan

ALERTS, GROUPS, RECORDINGS_OF_EACH, ADDED = 10_000, 50, 40, 40
TOCSIN = Path(sys.executable).parent / "tocsin"


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "plain", {})
        rulers = {"mimir": {"namespace": "bench", "groups": 0}, "loki": {"namespace": "bench"}}
        _write(folder / "delivered", {"deliver": rulers})
        plain = min(_cpu(folder, "plain") for _ in range(2))
        delivered = min(_cpu(folder, "delivered") for _ in range(2))
        print(f"generate: {plain:.1f} s of CPU time; with deliver: {delivered:.1f} s", end="")
        print(f" ({delivered / plain:.2f} times)")
        made = load((folder / "delivered",))
        assert isinstance(made, Planned), "the spec is sound"
        _tell_sizes(made.plan)
        _tell_changes(made.plan)


def _write(folder: Path, more: dict[str, Any]) -> None:
    write_spec(folder, ALERTS)
    groups = {f"rec{group:03}": {"interval": "30s", "rules": _recordings(group)} for group in range(GROUPS)}
    (folder / "more.yaml").write_text(yaml_text({"recordings": groups, **more}), encoding="utf-8")


def _recordings(group: int) -> list[dict[str, str]]:
    """Rates, and behind every second of them a sum of it."""
    rates = [
        {
            "record": f"s{group}:m{number}:rate5m",
            "promql": f'sum by (job) (rate(requests_total{{service="s{group}", method="m{number}"}}[5m]))',
        }
        for number in range(RECORDINGS_OF_EACH // 2)
    ]
    sums = [
        {"record": f"s{group}:m{number}:sum", "promql": f"sum(s{group}:m{number // 2}:rate5m)"}
        for number in range(RECORDINGS_OF_EACH // 2)
    ]
    return [*rates, *sums]


def _cpu(folder: Path, spec: str) -> float:
    """Seconds of CPU time that `generate` takes."""
    output = folder / "output"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(TOCSIN), "generate", str(folder / spec), "--output", str(output)]
    subprocess.run(command, check=True, capture_output=True, timeout=900)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    shutil.rmtree(output)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _tell_sizes(plan: Plan) -> None:
    for ruler in plan.rulers:
        groups = [one.group for held in divided_rules(plan, ruler).groups.values() for one in held]
        files = [len(one.file.content) for one in ruler_namespaces(plan, ruler)]
        name = "mimir" if ruler.engine is Engine.PROMETHEUS else "loki"
        rules = [len(group.rules) for group in groups]
        print(f"{name}: {sum(rules)} rules in {len(groups)} groups of at most {max(rules)}", end="")
        print(f", {len(files)} files of at most {max(files):,} bytes", end="")
        print(f", {len(divided_rules(plan, ruler).lags)} late reads")


def _tell_changes(plan: Plan) -> None:
    """How many files one more rule changes, of as many tries as `ADDED`."""
    ruler = next(one for one in plan.rulers if one.engine is Engine.PROMETHEUS)
    before = _files(plan)
    chance = random.Random(1)
    numbers = [at for at, group in enumerate(plan.rule_groups) if group.engine is ruler.engine]
    counts: Counter[int] = Counter()
    for number in range(ADDED):
        at = chance.choice(numbers)
        group = plan.rule_groups[at]
        like = chance.choice(group.rules)
        new = (
            replace(like, alert=f"New{number}")
            if isinstance(like, Rule)
            else replace(like, record=f"new:m{number}")
        )
        place = chance.randint(0, len(group.rules))
        more = replace(group, rules=(*group.rules[:place], new, *group.rules[place:]))
        after = _files(replace(plan, rule_groups=(*plan.rule_groups[:at], more, *plan.rule_groups[at + 1 :])))
        counts[sum(before.get(path) != after.get(path) for path in before.keys() | after.keys())] += 1
    said = ", ".join(f"{tries} times {files}" for files, tries in sorted(counts.items()))
    print(f"files that one more rule changes, of {ADDED} rules: {said}")


def _files(plan: Plan) -> dict[str, bytes]:
    ruler = next(one for one in plan.rulers if one.engine is Engine.PROMETHEUS)
    return {one.file.path: one.file.content for one in ruler_namespaces(plan, ruler)}


if __name__ == "__main__":
    main()
