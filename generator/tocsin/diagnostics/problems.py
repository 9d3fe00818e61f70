"""What can be wrong with plain files as such, beside what checks find: the ids that may be asked about."""

from __future__ import annotations

from typing import NamedTuple

from tocsin.diagnostics.model import Level


class Kind(NamedTuple):
    """How much such a problem matters, and what it is, in one sentence."""

    level: Level
    said: str


PROBLEMS: dict[str, Kind] = {
    "file/comment": Kind(
        Level.ERROR, "A comment that begins with `tocsin:` says nothing that Tocsin understands."
    ),
    "file/duration": Kind(Level.ERROR, "A duration is none that Prometheus reads."),
    "file/empty-value": Kind(
        Level.WARNING, "A value starts with `#`, which makes it a comment: its key holds nothing."
    ),
    "file/encoding": Kind(Level.ERROR, "A file is no UTF-8."),
    "file/foreign-key": Kind(
        Level.INFO, "A key belongs to another system than Prometheus; it is kept and not judged."
    ),
    "file/group": Kind(Level.ERROR, "A rule group has no name, or that of another group of its file."),
    "file/kind": Kind(Level.INFO, "A file that was named holds nothing that Tocsin reads."),
    "file/logql": Kind(Level.ERROR, "Loki refuses an expression."),
    "file/needless": Kind(Level.INFO, "A rule writes the `for` or `keep_firing_for` that it has anyway: 0."),
    "file/promql": Kind(Level.ERROR, "Prometheus refuses an expression."),
    "file/rule": Kind(Level.ERROR, "Prometheus refuses a rule."),
    "file/rule-files": Kind(
        Level.INFO, "Prometheus' configuration names rule files that are not among those that are checked."
    ),
    "file/second-server": Kind(
        Level.WARNING, "There are several Prometheus configurations; none of them is used."
    ),
    "file/second-route": Kind(
        Level.WARNING, "There are several Alertmanager configurations; one is followed."
    ),
    "file/template": Kind(Level.ERROR, "A file is a template of a Helm chart and has to be rendered first."),
    "file/unreadable": Kind(Level.WARNING, "A file with notification templates cannot be read."),
    "file/type": Kind(Level.ERROR, "A value is of another type than its key takes."),
    "file/unknown-key": Kind(Level.ERROR, "A key looks like a slip of the pen: Prometheus refuses it."),
    "file/yaml": Kind(Level.ERROR, "A file is not YAML."),
    "spec/second-comparison": Kind(
        Level.ERROR, "A query compares its value already, and the thresholds compare it again."
    ),
    "alertmanager/brace": Kind(
        Level.WARNING, "A matcher's value ends with a brace that Alertmanager strips."
    ),
    "alertmanager/deprecated": Kind(Level.INFO, "A key has a newer one, which can say more."),
    "alertmanager/key": Kind(Level.ERROR, "Alertmanager knows no such key."),
    "alertmanager/reference": Kind(Level.ERROR, "A receiver or time interval is used that nobody defines."),
    "alertmanager/root": Kind(
        Level.ERROR, "The top of the route tree lacks what it needs, or has what it may not have."
    ),
    "alertmanager/resolve-timeout": Kind(
        Level.INFO, "`resolve_timeout` is not set; it holds for alerts that are sent without an end."
    ),
    "alertmanager/rule": Kind(Level.ERROR, "Keys are missing, or do not go together."),
    "alertmanager/secret": Kind(Level.WARNING, "A secret stands in the configuration in clear."),
    "alertmanager/twice": Kind(Level.ERROR, "A name is defined twice."),
    "alertmanager/type": Kind(Level.ERROR, "A value is of another type than its key takes."),
    "alertmanager/value": Kind(Level.ERROR, "A value is none that Alertmanager takes."),
    "alertmanager/variable": Kind(
        Level.WARNING, "A value is an environment variable, which Alertmanager does not expand."
    ),
}
"""By id."""
