"""`tocsin check`: is the alerting sound?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tocsin.cli.options import format_option, paths_argument
from tocsin.cli.planning import planned, show, stop

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.cli.planning import Planned


@click.command(short_help="Tell everything that is wrong.")
@paths_argument
@format_option
def check(paths: tuple[Path, ...], form: str) -> None:
    """Tell everything that is wrong with the alerting in PATHS.

    PATHS is the folder of a spec (`spec` when there is none), or what a team already has, in any mixture:
    rule files of Prometheus and Loki, PrometheusRule resources, an Alertmanager configuration, and folders
    of them.
    """
    from tocsin.diagnostics.model import Level

    made = planned(paths, form)
    if any(found.level is not Level.INFO for found in made.diagnostics):
        stop(made.diagnostics, form)
    show(made.diagnostics, form)
    if form == "text":
        click.echo(_summary(", ".join(map(str, paths)) or "spec", made))


def _summary(where: str, made: Planned) -> str:
    from tocsin.plan.model import Rule

    groups = made.plan.rule_groups
    alerts = {rule.alert for group in groups for rule in group.rules if isinstance(rule, Rule)}
    said = "nothing found" if not made.diagnostics else "nothing to mend"
    return f"{where}: {said}; alerts: {len(alerts)}, groups: {len(made.plan.groups or groups)}"
