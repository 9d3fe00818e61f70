"""Alerts in the forms in which people write them, and samples as a Prometheus has them, both at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.promql.flow import RecordedExpression

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator, Sequence

STEPS = 100
"""Scrapes of a world, after which some series have ended."""
INTERVALS = (15, 30, 60, 60, 60, 120, 300, 420, 1800)
"""Seconds between two scrapes; from more than five minutes on a series is gone between them."""

RECORDED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("job:errors:rate5m", "sum by (job) (rate(errors_total[5m]))", {}),
    ("job:requests:rate5m", "sum by (job) (rate(requests_total[5m]))", {}),
    ("job:errors:ratio", "job:errors:rate5m / job:requests:rate5m", {}),
    ("cluster:errors:ratio", "max (job:errors:ratio)", {"cluster": "c1"}),
    ("instance:memory:used", "1 - memory_free_bytes / memory_total_bytes", {}),
    ("job:up:share", "count by (job) (up == 1) / count by (job) (up)", {}),
)
RECORDINGS = tuple(RecordedExpression(name, expr, labels) for name, expr, labels in RECORDED)

_GAUGES = ("queue_length", "temperature_celsius", "node_load1", "threads", "memory_free_bytes")
_COUNTERS = ("requests_total", "errors_total", "latency_seconds_count", "node_cpu_seconds_total")
_TIMES = ("process_start_time_seconds", "backup_last_success_timestamp_seconds", "cert_not_after")
_STATES = ("up", "kube_pod_status_phase", "probe_success", "app_info", "cache_hit_ratio")
_RECORDED = tuple(name for name, _, _ in RECORDED)
_MATCHERS = (
    *('job="a"', 'job="b"', 'job!="a"', 'job=~"a|b"', 'job!~"b.*"', 'instance=~"i[12]"', 'instance!="i1"'),
    *('code=~"5.."', 'code="200"', 'code!~"2.."', 'mode="idle"', 'phase="Failed"', 'phase=~"Failed|Pending"'),
    *('version=""', 'zone!=""', 'job=""'),
)
_GROUPS = ("job", "instance", "job, instance", "code", "zone", "phase", "job, code")
_WINDOWS = ("1m", "5m", "10m", "30m", "1h")
_NUMBERS = (
    *(
        "0",
        "1",
        "2",
        "3",
        "4",
        "-1",
        "0.5",
        "0.05",
        "0.9",
        "0.25",
        "10",
        "100",
        "80",
        "300",
        "600",
        "1e9",
        "3600",
    ),
    *("5 * 60", "1 - 0.99", "14.4 * 0.001", "1.0", "99.9", "86400 * 7"),
)
_COMPARED = (">", ">", "<", "<", ">=", "<=", "==", "!=")


class AlertForms:
    """Writes alerts as people do: a value that is compared, joined, or combined with other conditions."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw

    def alert(self) -> str:
        """An expression of an alert."""
        draw = self._draw
        if draw.random() < 0.55:
            return self.condition(draw.choice((0, 1, 1, 2)))
        left, right = (self.condition(draw.choice((0, 1))) for _ in "lr")
        how = draw.choice(
            ("", "", " on ()", " on (job)", " on (instance)", " on (job, instance)", " ignoring (code)")
        )
        return f"({left}) {draw.choice(('and', 'and', 'or', 'unless'))}{how} ({right})"

    def condition(self, deep: int) -> str:
        """A comparison, or a function that is one."""
        draw = self._draw
        return draw.choice(
            (*[self._limit] * 8, self._absent, self._of_past, self._between, self._bools, self._hours)
        )(deep)

    def _one_of(self, *texts: str) -> str:
        return self._draw.choice(texts)

    def _number(self) -> str:
        return self._draw.choice(_NUMBERS)

    def _limit(self, deep: int) -> str:
        value, op = self.value(deep), self._one_of(*_COMPARED)
        if self._draw.random() < 0.1:
            return f"{self._number()} {op} {value}"
        return f"{value} {op} {self._number()}"

    def _absent(self, _: int) -> str:
        selector = self._selector(_STATES + _GAUGES + _RECORDED)
        return self._one_of(
            f"absent({selector})",
            f"absent({selector} {self._one_of('==', '>')} {self._one_of('0', '1')})",
            f"absent_over_time({selector}[{self._one_of(*_WINDOWS)}])",
            f"absent(sum({selector}))",
            f"absent({selector} offset 10m) == 1",
            f"present_over_time({selector}[10m]) unless {selector}",
            f"{selector} offset {self._one_of('10m', '1h')} unless {selector}",
            f"count({selector} offset 1h) unless count({selector})",
        )

    def _of_past(self, deep: int) -> str:
        value, window = self.value(max(0, deep - 1)), self._one_of(*_WINDOWS)
        selector = self._selector(_GAUGES + _COUNTERS + _STATES + _RECORDED)
        op = self._one_of(*_COMPARED)
        return self._one_of(
            f"{selector} {op} {self._number()} * {selector} offset {window}",
            f"({value}) {op} ({value})",
            f"({value}) - ({value}) {op} {self._number()}",
            f"({value}) / ({value}) {op} {self._number()}",
            f"count({selector}) {op} 0.5 * count({selector} offset 1h)",
            f"{selector} {op} avg_over_time({selector}[{window}]) + 3 * stddev_over_time({selector}[1h])",
            f"abs({selector} - {selector} offset 5m) {op} {self._number()}",
            f"sum({selector}) {op} avg_over_time(sum({selector})[{window}:])",
        )

    def _between(self, deep: int) -> str:
        value = self.value(deep)
        low, high = self._number(), self._number()
        return self._one_of(
            f"{low} < {value} < {high}",
            f"{value} > {low} and {value} < {high}",
            f"({value} > {low}) < {high}",
            f"{value} > {low} unless {value} > {high}",
            f"{value} < {low} or {value} > {high}",
        )

    def _bools(self, deep: int) -> str:
        values = [self.value(deep) for _ in "lr"]
        parts = [f"({value} {self._one_of(*_COMPARED)} bool {self._number()})" for value in values]
        joined = self._one_of(" * ", " + ", " - ", " and ", " or ", " * on (job) group_left () ", " / ")
        return f"{parts[0]}{joined}{parts[1]} {self._one_of(*_COMPARED)} {self._one_of('0', '1', '2', '3')}"

    def _hours(self, deep: int) -> str:
        low, high = (self._draw.randrange(0, 25) for _ in "lh")
        window = self._one_of(
            f"hour() >= {low} and hour() < {high}",
            f"hour() >= {low} or hour() < {high}",
            f"hour() > {low} < {high}",
            f"day_of_week() > {low % 9} < {high % 9}",
            f"(day_of_week() == {low % 8} or day_of_week() == {high % 8})",
            f"(hour() + {high} % 12) % 24 {self._one_of(*_COMPARED)} {low}",
            f"minute() {self._one_of(*_COMPARED)} {low * 5}",
            f"day_of_month() == {low + high} and month() == {high}",
            f"vector({low}) {self._one_of(*_COMPARED)} vector({high})",
        )
        joined = self._one_of("and on ()", "unless on ()", "* on () group_left ()", "and")
        return f"{self._limit(deep)} {joined} ({window})"

    def value(self, deep: int) -> str:
        """What is measured."""
        draw = self._draw
        ways: tuple[Callable[[int], str], ...] = (
            *(
                self._gauge,
                self._rate,
                self._rate,
                self._moved,
                self._age,
                self._age,
                self._quantile,
                self._state,
            ),
            *(self._ratio, self._ratio, self._recorded, self._over_time, self._forecast, self._scalar),
        )
        if deep <= 0:
            return draw.choice(ways)(0)
        inner = self.value(deep - 1)
        return draw.choice(
            (
                lambda: f"{self._aggregated()} ({inner})",
                lambda: f"{self._aggregated()} ({inner})",
                lambda: f"{self._aggregated()} ({inner} {self._one_of(*_COMPARED)} {self._number()})",
                lambda: f"({inner}) {self._one_of('+', '-', '*', '/', '%')} {self._number()}",
                lambda: f"{self._number()} {self._one_of('-', '*', '/')} ({inner})",
                lambda: f"{self._one_of('abs', 'ceil', 'floor', 'round', 'sgn', 'sqrt', 'ln')}({inner})",
                lambda: f"clamp_{self._one_of('min', 'max')}({inner}, {self._number()})",
                lambda: f"{self._joined(inner)}",
                lambda: f"{self._joined(inner)}",
                lambda: self._relabelled(inner),
                lambda: self._relabelled(inner),
                lambda: self._over_subquery(inner),
                lambda: f"({inner}) or vector({self._one_of('0', '1')})",
                lambda: f"({inner}) or {self._one_of('', 'on () ')}({self.value(0)})",
                lambda: f"topk({self._one_of('1', '3')}, {inner})",
            )
        )()

    def _relabelled(self, inner: str) -> str:
        target, pattern = self._one_of("job", "code"), self._one_of("a", "(.*)", "z")
        return self._one_of(
            f"label_replace({inner}, 'zone', '$1', 'instance', '(i).*')",
            f"label_replace({inner}, '{target}', 'b', 'job', '{pattern}')",
        )

    def _over_subquery(self, inner: str) -> str:
        name = self._one_of("max", "min", "avg", "last", "sum", "count")
        return f"{name}_over_time(({inner})[{self._one_of(*_WINDOWS)}:{self._one_of('', '1m', '2m')}])"

    def _aggregated(self) -> str:
        op = self._one_of("sum", "sum", "count", "max", "min", "avg", "group", "stddev")
        if self._draw.random() < 0.1:
            return f"quantile {self._one_of('', 'by (job)')} (0.9, vector(1)) or {op}"
        how = self._one_of("", "by", "by", "without")
        return f"{op} {how} ({self._one_of(*_GROUPS)})" if how else op

    def _joined(self, inner: str) -> str:
        info = self._one_of("app_info", "app_info{zone!=''}", "up", "kube_pod_status_phase", "quota")
        return self._one_of(
            f"({inner}) * on (job, instance) group_left (version) {info}",
            f"({inner}) * on (instance) group_left () max by (instance) ({info})",
            f"({inner}) and on (job) {info} == 1",
            f"({inner}) unless on (job, instance) {info} {self._one_of('== 0', '== 1', '> 0')}",
            f"({inner}) / on (job) group_left () sum by (job) ({info})",
            f"({inner}) / ignoring (code) group_left () ({self.value(0)})",
            f"({inner}) / {info}",
            f"({inner}) - on (job) group_right () ({info})",
        )

    def _selector(self, names: tuple[str, ...]) -> str:
        draw = self._draw
        matchers = draw.sample(_MATCHERS, draw.choice((0, 0, 0, 1, 1, 2)))
        return draw.choice(names) + ("{" + ", ".join(matchers) + "}" if matchers else "")

    def _shift(self) -> str:
        return self._one_of("", "", "", " offset 5m", " offset 1h", " offset -5m", " @ end()", " @ 600")

    def _gauge(self, _: int) -> str:
        return self._selector(_GAUGES) + self._shift()

    def _state(self, _: int) -> str:
        selector = self._selector(_STATES)
        return self._one_of(
            selector, f"sum({selector})", f"count({selector} == 1)", f"avg by (job) ({selector})"
        )

    def _rate(self, _: int) -> str:
        function = self._one_of("rate", "rate", "increase", "increase", "irate")
        rate = f"{function}({self._selector(_COUNTERS)}[{self._one_of(*_WINDOWS)}]{self._shift()})"
        return self._one_of(rate, f"sum by ({self._one_of(*_GROUPS)}) ({rate})", f"sum({rate})")

    def _moved(self, _: int) -> str:
        function = self._one_of("changes", "changes", "resets", "delta", "idelta", "deriv", "count_over_time")
        names = _GAUGES + _COUNTERS + _TIMES + _STATES
        return f"{function}({self._selector(names)}[{self._one_of(*_WINDOWS)}])"

    def _age(self, _: int) -> str:
        time = self._selector(_TIMES)
        any_one = self._selector(_GAUGES + _STATES + _COUNTERS + _RECORDED)
        return self._one_of(
            f"(time() - {time})",
            f"({time} - time())",
            f"(time() - max by (job) ({time}))",
            f"(time() - max_over_time({time}[1h]))",
            f"(time() - {time} offset 10m)",
            f"(time() - timestamp({any_one}))",
            f"(time() - timestamp({any_one} {self._one_of('== 1', '> 0', 'offset 5m', 'offset 1h')}))",
            f"(time() - {self._over_subquery(f'timestamp({any_one})')})",
            f"(time() - last_over_time(timestamp({any_one})[1h:1m]))",
            f"(time() - max by (job) (timestamp({any_one})))",
            f"(timestamp({any_one}) - {time})",
            f"(time() - timestamp(last_over_time({any_one}[{self._one_of(*_WINDOWS)}])))",
            f"(time() - ({time} > 0))",
            f"(vector(time()) - {time})",
            f"(time() - {time}) / {self._one_of('60', '3600', '86400')}",
            "(time() - app_uptime_seconds)",
            "app_uptime_seconds",
            f"(time() - ({time} + 600))",
            f"(time() - 300 - timestamp({any_one}))",
        )

    def _quantile(self, _: int) -> str:
        quantile = self._one_of("0.5", "0.9", "0.99", "1")
        selector = self._selector(("latency_seconds_bucket",))
        rate = f"rate({selector}[{self._one_of(*_WINDOWS)}])"
        bucket = f"latency_seconds_bucket{{le='{self._one_of('0.5', '1', '1.0', '+Inf')}'}}"
        return self._one_of(
            f"histogram_quantile({quantile}, {rate})",
            f"histogram_quantile({quantile}, sum by (le, job) ({rate}))",
            f"histogram_quantile({quantile}, sum by (job) ({rate}))",
            f"histogram_quantile({quantile}, {selector})",
            f"(1 - sum(rate({bucket}[5m])) / sum(rate(latency_seconds_count[5m])))",
            f"sum by (job) (rate({bucket}[5m])) / sum by (job) (rate(latency_seconds_count[5m]))",
            "rate(latency_seconds_sum[5m]) / rate(latency_seconds_count[5m])",
            f"quantile by (job) (0.9, {rate})",
        )

    def _ratio(self, _: int) -> str:
        by = self._one_of("", " by (job)", " by (job, instance)", " by (code)")
        part = self._selector(("requests_total",))
        free, total = "memory_free_bytes", "memory_total_bytes"
        name, label = (
            "node_cpu_seconds_total",
            self._one_of('mode="idle"', 'mode!="idle"', 'mode=~"idle|user"'),
        )
        return self._one_of(
            f"sum{by} (rate({part}[5m])) / sum{by} (rate(requests_total[5m]))",
            f"100 * sum{by} (rate(errors_total[5m])) / sum{by} (rate(requests_total[5m]))",
            "rate(errors_total[5m]) / rate(requests_total[5m])",
            f"{free} / {total}",
            f"({total} - {free}) / {total} * 100",
            f"(1 - {free} / {total})",
            f"100 * (1 - avg by (instance) (rate({name}{{{label}}}[5m])))",
            f"sum by (instance) (rate({name}{{{label}}}[5m]))",
            f"count{by} ({self._selector(_STATES)} == 1) / count{by} ({self._selector(_STATES)})",
            f"avg{by} ({self._selector(_STATES)})",
            f"{self._selector(('requests_total',))} / {self._selector(('requests_total',))}",
            f"rate({part}[5m]) * 100 / rate({self._selector(('requests_total',))}[5m])",
            f"({part} - {self._selector(('requests_total',))})",
            f"sum{by} (cache_hit_ratio) / count{by} (cache_hit_ratio)",
        )

    def _recorded(self, _: int) -> str:
        selector = self._selector(_RECORDED)
        return self._one_of(
            selector,
            f"avg_over_time({selector}[{self._one_of(*_WINDOWS)}])",
            f"max({selector})",
            f"sum by (job) ({selector})",
            f"sum without (cluster) ({selector})",
            f"delta({selector}[30m])",
        )

    def _over_time(self, _: int) -> str:
        function = self._one_of("avg", "min", "max", "sum", "last", "count", "stddev", "present")
        selector = self._selector(_GAUGES + _STATES + _TIMES)
        return f"{function}_over_time({selector}[{self._one_of(*_WINDOWS)}]{self._shift()})"

    def _forecast(self, _: int) -> str:
        names = ("memory_free_bytes", "queue_length", "node_load1")
        window, ahead = self._one_of(*_WINDOWS), self._one_of("3600", "4 * 3600", "86400", "0")
        return f"predict_linear({self._selector(names)}[{window}], {ahead})"

    def _scalar(self, _: int) -> str:
        return self._one_of(
            f"{self._selector(_GAUGES)} / scalar(count(up))",
            f"{self._selector(_GAUGES)} / scalar(quota)",
            "scalar(sum(up)) + vector(0)",
            f"vector(scalar({self._selector(_STATES)}))",
        )


def random_world(
    draw: random.Random, interval: int, *, conventional: bool
) -> Iterator[tuple[str, list[str]]]:
    """Series and their samples; conventional ones are what the names of their metrics promise."""
    for job in ("a", "b", "c"):
        for instance in ("i1", "i2"):
            if draw.random() < 0.2:
                continue
            target = {"job": job, "instance": instance}
            if draw.random() < 0.3:
                target["zone"] = draw.choice("xy")
            away, marked = _away(draw), draw.random() < 0.6
            for name, labels, values in (*_scraped(draw), *_times(draw, interval)):
                if not conventional:
                    values = _anything(draw)
                yield _named(name, {**target, **labels}), _with_gaps(values, away, marked=marked)
    yield _named("quota", {}), ["100"] * STEPS


def _named(name: str, labels: dict[str, str]) -> str:
    return name + "{" + ",".join(f'{label}="{value}"' for label, value in labels.items()) + "}"


def _away(draw: random.Random) -> set[int]:
    """The scrapes of a target that are not there: all its samples are lost together."""
    if draw.random() < 0.4:
        return set()
    start, long = draw.randrange(STEPS), draw.choice((1, 2, 8, 20, STEPS))
    rare = draw.choice((0, 0, 0.05))
    return {index for index in range(STEPS) if start <= index < start + long or draw.random() < rare}


def _with_gaps(values: list[str], away: set[int], *, marked: bool) -> list[str]:
    """Samples, stale ones and none: a failed scrape marks its series as stale, one that was lost does not."""
    stale = {index for index in away if marked and index - 1 not in away}
    return ["stale" if n in stale else "_" if n in away else value for n, value in enumerate(values)]


def _anything(draw: random.Random) -> list[str]:
    kind = draw.random()
    pool = ("0", "1", "-1", "0.5", "3", "100", "NaN", "Inf", "-Inf", "1e9", "-3.5", "600", "7200")
    if kind < 0.4:
        return [draw.choice(pool)] * STEPS
    if kind < 0.6:
        start, slope = draw.choice((-100, 0, 1000)), draw.choice((-5, 1, 60, 0.25))
        return [f"{start + index * slope:g}" for index in range(STEPS)]
    return [draw.choice(pool) for _ in range(STEPS)]


def _scraped(draw: random.Random) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """What one target exposes."""
    restart = draw.randrange(STEPS) if draw.random() < 0.4 else STEPS
    steady = [draw.choice("01")] * STEPS
    yield "up", {}, draw.choice((["1"] * STEPS, steady, [draw.choice("011") for _ in range(STEPS)]))
    yield "probe_success", {}, [draw.choice("01") for _ in range(STEPS)]
    yield "app_info", {"version": draw.choice(("1", "2", ""))}, ["1"] * STEPS
    yield "queue_length", {}, [str(draw.randrange(6)) for _ in range(STEPS)]
    level, slope = draw.choice((-20, 0, 50)), draw.choice((-1, 0, 0.25, 2))
    yield "temperature_celsius", {}, [f"{level + slope * index:g}" for index in range(STEPS)]
    yield "node_load1", {}, [f"{draw.choice((0, 0.5, 3, 90)):g}" for _ in range(STEPS)]
    yield "threads", {}, [draw.choice(("0", "3", "100", "NaN"))] * STEPS
    total = draw.choice((100, 4096, 1e9))
    share = [draw.choice((0, 0.04, 0.5, 1)) for _ in range(STEPS)]
    yield "memory_total_bytes", {}, [f"{total:g}"] * STEPS
    yield "memory_free_bytes", {}, [f"{total * one:g}" for one in share]
    yield "cache_hit_ratio", {}, [f"{draw.choice((0, 0.3, 1)):g}" for _ in range(STEPS)]
    for code in draw.sample(("200", "404", "500", "503"), draw.randrange(1, 4)):
        busy = draw.choice((0, 1, 30))
        yield (
            "requests_total",
            {"code": code},
            _counted([draw.randrange(busy + 1) for _ in range(STEPS)], restart),
        )
    yield "errors_total", {}, _counted([draw.choice((0, 0, 1, 5)) for _ in range(STEPS)], restart)
    phases = ("Failed", "Pending", "Running")
    current = draw.choice(phases)
    for phase in phases:
        yield "kube_pod_status_phase", {"phase": phase}, [str(int(phase == current))] * STEPS
    observed = [[draw.randrange(3) for _ in range(STEPS)] for _ in range(4)]
    below = [0] * STEPS
    for le, counts in zip(("0.5", "1.0", "5.0", "+Inf"), observed, strict=True):
        below = [a + b for a, b in zip(below, counts, strict=True)]
        yield "latency_seconds_bucket", {"le": le}, _counted(below, restart)
    yield "latency_seconds_count", {}, _counted(below, restart)
    yield "latency_seconds_sum", {}, _counted([one * 2 for one in below], restart)
    # Fifteen seconds lie between two scrapes at least, of which a CPU is idle for some, and busy for others.
    idle = [draw.choice((0, 0.3, 15)) for _ in range(STEPS)]
    yield "node_cpu_seconds_total", {"cpu": "0", "mode": "idle"}, _counted(idle, restart)
    yield (
        "node_cpu_seconds_total",
        {"cpu": "0", "mode": "user"},
        _counted([15 - one for one in idle], restart),
    )


def _counted(grows: Sequence[float], restart: int) -> list[str]:
    total, found = 0.0, []
    for index, grown in enumerate(grows):
        total = 0.0 if index == restart else total + grown
        found.append(f"{total:.10g}")
    return found


def _times(draw: random.Random, interval: int) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Moments that a target tells, which are past when they are scraped."""
    started = 0 if draw.random() < 0.6 else draw.randrange(STEPS)
    yield (
        "process_start_time_seconds",
        {},
        [str(started * interval if n >= started else 0) for n in range(STEPS)],
    )
    every = draw.choice((1, 3, 30, STEPS))
    yield (
        "backup_last_success_timestamp_seconds",
        {},
        [str(n // every * every * interval) for n in range(STEPS)],
    )
    yield "cert_not_after", {}, [str(draw.choice((600, 7200, 90_000, 2_000_000)))] * STEPS
    up = [(n - started) * interval if n >= started else 500_000 + n * interval for n in range(STEPS)]
    yield "app_uptime_seconds", {}, [str(one) for one in up]
