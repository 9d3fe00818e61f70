"""Label flow against a real Loki, where there is one.

`TOCSIN_LOKI_URL` names a Loki of its own, without authentication: the test pushes some hundred lines into
streams with a label `run` of their own, asks random queries about them, and holds each answer against the
flow. Without it, the test is skipped.
"""

from __future__ import annotations

import json
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tocsin.lang.logql.flow import logql_flow
from tocsin.lang.logql.syntax import check_logql

if TYPE_CHECKING:
    from tocsin.lang.flow.model import Flow

URL = os.environ.get("TOCSIN_LOKI_URL", "").rstrip("/")
COUNT = 6_000 if os.environ.get("TOCSIN_THOROUGH") else 400
SEED = int(os.environ.get("TOCSIN_SEED", "11"))

pytestmark = pytest.mark.skipif(not URL, reason="no running Loki: TOCSIN_LOKI_URL names its address")

LABELS = ("app", "env", "level", "status", "took", "size", "addr", "msg", "user_id", "new", "app_extracted")
VALUES = {
    "app": ("api", "web"),
    "env": ("prod", "dev", ""),
    "level": ("error", "info", "warn", ""),
    "status": ("200", "500", "", "oops"),
    "took": ("1.5s", "20ms", "7", ""),
    "size": ("10kB", "3MB", "x"),
    "addr": ("10.0.0.1", "192.168.0.7", "nowhere"),
    "msg": ("hello", "a\nb", ""),
    "user_id": ("1", "2"),
    "new": ("n",),
    "app_extracted": ("api",),
}
CAPTURES = (
    '| pattern "<level> <status> <_>"',
    '| pattern "<_> <app>"',
    "| regexp `(?P<level>error|info)`",
    "| regexp `(?P<env>\\w+) (?P<new>\\d+)`",
)


class Lines:
    """Random streams, lines and queries about them."""

    def __init__(self, seed: int, run: str) -> None:
        self.random = random.Random(seed)
        self.run = run

    def _one_of(self, *choices: str) -> str:
        return self.random.choice(choices)

    def _maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def streams(self, count: int, now: int) -> list[dict[str, Any]]:
        """What the push API takes."""
        found = []
        for number in range(count):
            stream = {"run": self.run, "app": self._one_of("api", "web")}
            for name in ("env", "level"):
                if self._maybe(0.4):
                    stream[name] = self.random.choice([value for value in VALUES[name] if value])
            entry: list[Any] = [str(now - (count - number) * 1_000_000), self._line()]
            if self._maybe(0.2):
                entry.append({self._one_of("env", "status", "new", "level"): self._one_of("sm", "prod")})
            found.append({"stream": stream, "values": [entry]})
        return found

    def _line(self) -> str:
        fields = {name: self.random.choice(VALUES[name]) for name in LABELS[:8] if self._maybe(0.5)}
        kind = self.random.random()
        if kind < 0.4:
            return json.dumps({**fields, "user": {"id": self._one_of("1", "2")}})
        if kind < 0.75:
            return " ".join(f'{name}="{value}"' for name, value in fields.items() if "\n" not in value)
        return self._one_of("error 500 oops", "info 200 fine", "{broken", "prod 12", "")

    def query(self) -> str:
        """A log query or a metric query."""
        return self._log() if self._maybe(0.15) else self._metric(2)

    def _selector(self) -> str:
        matchers = [f'run="{self.run}"']
        for name in ("app", "env", "level"):
            if self._maybe(0.35):
                matchers.append(self._matcher(name))
        return "{" + ", ".join(matchers) + "}"

    def _matcher(self, name: str) -> str:
        op = self._one_of("=", "!=", "=~", "!~")
        value = self.random.choice(VALUES[name]).replace("\n", "\\n")
        if op in ("=~", "!~") and self._maybe(0.6):
            value = self._one_of(f"{value}|x", ".+", ".*", "e.*|p.*", "[a-z]+")
        return f'{name}{op}"{value}"'

    def _condition(self, depth: int) -> str:
        kind = self.random.random()
        if depth and kind < 0.35:
            joint = self._one_of(" and ", " or ", ", ")
            return f"({self._condition(depth - 1)}{joint}{self._condition(depth - 1)})"
        if kind < 0.6:
            return self._matcher(self.random.choice(LABELS))
        comparison = self._one_of(">", ">=", "<", "<=", "==", "!=")
        if kind < 0.75:
            return f"status {comparison} {self._one_of('300', '200', '0')}"
        if kind < 0.83:
            return f"took {comparison} {self._one_of('1s', '10ms')}"
        if kind < 0.9:
            return f"size {comparison} 5kB"
        if kind < 0.95:
            return 'addr = ip("10.0.0.0/8")'
        return f'__error__{self._one_of("=", "!=")}""'

    def _stage(self) -> str:
        kind = self.random.randrange(12)
        label = self.random.choice(LABELS)
        if kind < 2:
            return self._one_of("| json", "| logfmt", "| json", "| logfmt --strict", "| logfmt --keep-empty")
        if kind == 2:
            return self.random.choice(CAPTURES)
        if kind == 3:
            return self._one_of(
                '| json status, new="user.id"', '| logfmt level, new="took"', '| json app="app"'
            )
        if kind < 7:
            return f"| {self._condition(1)}"
        if kind == 7:
            source = self._one_of(
                self.random.choice(LABELS), '"x"', '"{{.level}}"', '"a {{.env}}"', '"{{.took | ToUpper}}"'
            )
            return f"| label_format {label}={source}"
        if kind == 8:
            return f"| {self._one_of('drop', 'keep')} {label}, {self._matcher(self.random.choice(LABELS))}"
        if kind == 9:
            return self._one_of(
                "| drop __error__, __error_details__", "| drop __error__", "| keep level", "| decolorize"
            )
        if kind == 10:
            return self._one_of(
                '| line_format "{{.msg}}"', '| line_format "{{.status | int}}"', '|= "e"', '!= "x"'
            )
        return '| __error__=""'

    def _stages(self) -> str:
        return " ".join(self._stage() for _ in range(self.random.choice((0, 1, 2, 3, 4))))

    def _log(self) -> str:
        return f"{self._selector()} {self._stages()}"

    def _labels(self) -> str:
        names = (*LABELS, "__error__") if self._maybe(0.2) else LABELS
        return ", ".join(self.random.sample(names, self.random.randrange(3)))

    def _grouping(self) -> str:
        return f" {self._one_of('by', 'by', 'without')} ({self._labels()})"

    def _range(self) -> str:
        log, errors = self._log(), self._one_of("", '| __error__=""')
        if self._maybe(0.35):
            label = self._one_of("status", "took", "size", "user_id")
            conversion = {"took": "duration", "size": "bytes"}.get(label)
            unwrap = f"| unwrap {conversion}({label})" if conversion else f"| unwrap {label}"
            op = self._one_of(
                "sum_over_time",
                "avg_over_time",
                "max_over_time",
                "stddev_over_time",
                "rate",
                "first_over_time",
            )
            grouping = self._grouping() if op not in ("sum_over_time", "rate") and self._maybe(0.5) else ""
            return f"{op}({log} {unwrap} {errors} [1h]){grouping}"
        op = self._one_of(
            "count_over_time", "count_over_time", "rate", "bytes_rate", "bytes_over_time", "absent_over_time"
        )
        return f"{op}({log} {errors} [1h])"

    def _metric(self, depth: int) -> str:
        kind = self.random.random()
        if depth == 0 or kind < 0.25:
            return self._range()
        if kind < 0.6:
            op = self._one_of("sum", "sum", "avg", "max", "count", "stddev", "topk", "sort")
            grouping = self._grouping() if op != "sort" and self._maybe(0.8) else ""
            first = "3, " if op == "topk" else ""
            return f"{op}{grouping}({first}{self._metric(depth - 1)})"
        if kind < 0.7:
            dst, src = self.random.choice(LABELS), self.random.choice(LABELS)
            made = self._one_of('"$1"', '"x"', '"$1-y"', '""')
            pattern = self._one_of("(.*)", "(.+)", "(e.*)", "api|()")
            return f'label_replace({self._metric(depth - 1)}, "{dst}", {made}, "{src}", "{pattern}")'
        if kind < 0.8:
            number = self._one_of("0", "1", "2.5")
            op = self._one_of(">", "<", "==", "!=", "> bool", "*", "/", "-", "%")
            one = self._metric(depth - 1)
            return f"{one} {op} {number}" if self._maybe(0.7) else f"{number} {op} {one}"
        op = self._one_of("and", "or", "unless", "/", "+", ">", "== bool")
        matching = f" {self._one_of('on', 'ignoring')} ({self._labels()})" if self._maybe(0.7) else ""
        if matching and op in ("/", "+") and self._maybe(0.5):
            matching += f" {self._one_of('group_left', 'group_right')} ({self.random.choice(LABELS)})"
        right = self._one_of(self._metric(depth - 1), "vector(1)")
        return f"({self._metric(depth - 1)}) {op}{matching} ({right})"


def call(path: str, body: bytes | None = None, **params: str) -> Any:
    """The answer of Loki, or None where it refuses the query."""
    url = f"{URL}{path}?{urllib.parse.urlencode(params)}"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        error.read()
        return None
    return json.loads(text) if text else {}


def series(query: str, now: int) -> list[tuple[dict[str, str], float | None]] | None:
    """The labels and values that Loki returns; None where the query fails."""
    answer = call("/loki/api/v1/query", query=query, time=str(now), limit="1000")
    if answer is None:
        return None
    data = answer["data"]
    if data["resultType"] == "streams":
        return [(one["stream"], None) for one in data["result"]]
    return [(one["metric"], float(one["value"][1])) for one in data["result"]]


def broken(flow: Flow, labels: dict[str, str], value: float | None) -> str | None:
    """What the flow says wrongly of a series; None if nothing."""
    if flow.empty is not None:
        return f"it can never return anything: {flow.empty.sentence}"
    for name in {**flow.labels, **labels}:
        fact, text = flow.label(name), labels.get(name, "")
        if not fact.texts.allows(text):
            return f"{name} is {fact.presence}, {fact.texts}: {fact.why.sentence}; and it is {text!r}"
    if value is not None and not flow.value.contains(value):
        return f"the value is {flow.value.described()}, and it is {value}"
    return None


def test_no_answer_of_loki_is_outside_of_the_flow(record_property: Any) -> None:
    now = time.time_ns()
    source = Lines(SEED, run=f"tocsin-{now}")
    call("/loki/api/v1/push", json.dumps({"streams": source.streams(150, now)}).encode())
    wrong, answered, results, sure = [], 0, 0, 0
    for _ in range(COUNT):
        query = source.query()
        check_logql(query, metric=False)
        found = series(query, now + 1)
        if found is None:
            continue
        answered += 1
        flow = logql_flow(query)
        results += len(found)
        sure += len(flow.guaranteed) + (not flow.is_open)
        if flow.always and not found:
            wrong.append(f"{query}\n  always returns something, and it returned nothing")
        told = (broken(flow, labels, value) for labels, value in found)
        wrong += [f"{query}\n  {one}" for one in told if one][:1]
    print(f"{COUNT} queries, {answered} answered, {results} series, {sure} sure facts, {len(wrong)} wrong")
    record_property("queries", answered)
    assert results > COUNT
    assert not wrong, "\n".join(wrong[:5])
