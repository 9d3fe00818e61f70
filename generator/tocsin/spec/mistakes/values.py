"""Names of other tools for the values that the spec names one by one."""

from __future__ import annotations

from tocsin.lang.quantities import UNITS
from tocsin.text.suggest import nearest

_ALIASES = {
    **{unit.grafana: name for name, unit in UNITS.items()},
    **dict.fromkeys(("sec", "secs", "second", "duration", "time"), "seconds"),
    **dict.fromkeys(("millis", "msec", "millisecond"), "milliseconds"),
    **dict.fromkeys(("byte", "b", "mb", "gb", "mib", "gib", "kb", "kib"), "bytes"),
    **dict.fromkeys(("bps", "bytes/s", "bytes/sec", "byte/s"), "bytes_per_second"),
    **dict.fromkeys(("%", "percentage", "pct", "per cent", "percents"), "percent"),
    **dict.fromkeys(("fraction", "share", "0-1", "0..1"), "ratio"),
    **dict.fromkeys(("number", "integer", "int", "items", "counts"), "count"),
    **dict.fromkeys(("/s", "ops", "rate", "persecond", "per second", "hz"), "per_second"),
    **dict.fromkeys(("rps", "req/s", "requests/s", "qps"), "requests_per_second"),
    **dict.fromkeys(("°c", "c", "degrees"), "celsius"),
    **dict.fromkeys(("bool", "yes/no", "updown"), "boolean"),
    **dict.fromkeys(("promql", "prom", "metrics"), "prometheus"),
    **dict.fromkeys(("logql", "logs"), "loki"),
    **dict.fromkeys(("english", "en-us", "en_us", "en-gb"), "en"),
    **dict.fromkeys(("pt", "pt_br", "portuguese", "br"), "pt-BR"),
    **dict.fromkeys(("german", "deutsch", "de-de", "de_de"), "de"),
    **dict.fromkeys(("spanish", "español", "espanol", "castellano", "es-es", "es_es", "es-419"), "es"),
}


def name_meant(value: str, names: list[str]) -> str | None:
    """Which of the names is meant by another one; None where nobody can say."""
    alias = _ALIASES.get(value.strip().lower())
    return alias if alias in names else nearest(value, names)
