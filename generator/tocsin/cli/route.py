"""`tocsin route`: who is notified, when, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.completion import complete_alert
from tocsin.cli.options import environment_option, estate_option
from tocsin.cli.route_answers import (
    answer_batch,
    decide_alone,
    firing_alert,
    show_decisions,
    show_gaps,
    show_timeline,
)
from tocsin.cli.routing import Routed, load_routed
from tocsin.cli.settings import default_paths
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan
    from tocsin.routing.alert_labels import AlertLabels
    from tocsin.routing.config import Silence


@click.command(cls=Command)
@click.argument("arguments", nargs=-1, metavar="[PATHS|LABELS]...")
@click.option(
    "--alert",
    metavar="NAME",
    shell_complete=complete_alert,
    help="Ask about this alert, with every combination of labels it can have.",
)
@click.option("--all", "everything", is_flag=True, help="Ask about every alert.")
@click.option(
    "--at", "at_text", metavar="TIME", help="Time to ask about, such as 2026-12-24T23:00; now by default."
)
@click.option(
    "--tz",
    metavar="ZONE",
    help=(
        "Time zone of times and hours, such as America/Sao_Paulo; by default `project.timezone` of the spec, "
        "then with --gaps that of the time intervals, else UTC."
    ),
)
@click.option("--active", multiple=True, metavar="LABELS", help="Another alert that is firing: `a=b,c=d`.")
@click.option(
    "--silence", multiple=True, metavar="MATCHERS", help="A silence that is in effect, as matchers."
)
@click.option(
    "--for", "length", metavar="DURATION", help="List all notifications over a period, such as `6h`."
)
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help=(
        "Answer one question per line of a file: JSON objects with `labels` and, optionally, `at` and "
        "`active`."
    ),
)
@click.option(
    "--gaps", "gaps_only", is_flag=True, help="Show the hours in which no receiver is notified of an alert."
)
@environment_option
@estate_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "mermaid", "svg"]),
    default="text",
    show_default=True,
    help="Output format: for people, for programs, or a picture of the tree.",
)
def route(
    arguments: tuple[str, ...],
    alert: str | None,
    everything: bool,
    at_text: str | None,
    tz: str | None,
    active: tuple[str, ...],
    silence: tuple[str, ...],
    length: str | None,
    batch: Path | None,
    gaps_only: bool,
    environment: str | None,
    estate: str | None,
    form: str,
) -> None:
    """Show who is notified of an alert, when, and why, as Alertmanager itself would decide.

    LABELS are the labels of the alert, such as `severity=critical team=db`. PATHS is the folder of a spec
    (`spec` by default), or an Alertmanager configuration, alone or with rule files. Without labels and
    without `--alert` the whole tree is shown.

    Where the files are those of several estates, the answer is that of each, with its own rules and routes.

    Exit codes: 0 answered, 1 a line of the batch or a file could not be read, 2 the question cannot be
    answered.
    """
    from tocsin.cli.parsing import label_set, moment_of, zone_of

    paths, labels = _told_apart(arguments)
    paths = paths or default_paths()
    if not paths and not Path("spec").exists():
        raise CommandError("there is no folder `spec` here; name a spec or an Alertmanager configuration")
    asked = load_routed(paths, environment, estate)
    if len(asked) > 1 and form in ("mermaid", "svg"):
        names = ", ".join(one.estate or "" for one in asked)
        raise CommandError(f"a picture has one routing tree; name an estate with `--estate`: {names}")
    where = zone_of(tz or asked[0].plan.project.timezone)
    moment = moment_of(at_text, where)
    firing = [firing_alert(label_set(text)) for text in active]
    silences = tuple(_silence(text) for text in silence)
    if batch is not None:
        answer_batch(batch, asked, where, moment)
        return
    name = None if everything else alert
    if everything or alert is not None:
        asked = _with_alert(asked, name)
    dropped: list[CommandError] = []
    for one in asked:
        if one.estate is not None and form == "text":
            click.echo(f"In {visible_line(one.estate)}")
        if gaps_only:
            from tocsin.routing.alert_gaps import clock_zone

            zone = tz or clock_zone(one.plan, one.table)
            show_gaps(one, alert, moment.astimezone(where).year, zone, form)
            continue
        questions = [labels] if labels else []
        if alert is not None or everything:
            try:
                questions = [*_of_alerts(one, name, labels)]
            except CommandError as error:
                dropped.append(error)
                if len(dropped) == len(asked):
                    raise
                click.echo(f"note: {error.message}", err=True)
                continue
        if length is not None:
            show_timeline(one, questions, firing, silences, moment, length, where, form)
            continue
        verdicts = [decide_alone(one.table, each, moment, firing, silences) for each in questions]
        show_decisions(one, verdicts, form, moment.astimezone(where))


def _told_apart(arguments: tuple[str, ...]) -> tuple[tuple[Path, ...], dict[str, str]]:
    from tocsin.cli.parsing import label_set

    paths: list[Path] = []
    labels: dict[str, str] = {}
    for text in arguments:
        if Path(text).exists():
            paths.append(Path(text))
        elif "=" in text:
            labels |= label_set(text)
        else:
            raise CommandError(f"`{text}` is neither an existing path nor a label such as `team=db`")
    return tuple(paths), labels


def _silence(text: str) -> Silence:
    from tocsin.lang.alertmanager.matcher_lines import read_matchers
    from tocsin.lang.errors import LangError
    from tocsin.routing.config import Silence

    try:
        return Silence(read_matchers(text))
    except LangError as error:
        raise CommandError(f"`{text}` are not valid matchers: {error.reason}") from None


def _with_alert(asked: list[Routed], name: str | None) -> list[Routed]:
    """Those that have an alert of this name, or any; CommandError where none has."""
    from tocsin.routing.alert_labels import alert_labels
    from tocsin.text.suggest import did_you_mean

    found = [one for one in asked if any(_alerts_called(one.plan, name))]
    if not found:
        names = sorted({alert.rule.alert for one in asked for alert in alert_labels(one.plan)})
        near = did_you_mean(name or "", names)
        which = "alert" if name is None else f"alert `{name}`"
        raise CommandError(f"there is no {which} here" + (f": {near}" if near else ""))
    return found


def _alerts_called(plan: Plan, name: str | None) -> Iterator[AlertLabels]:
    """The alerts of this name, or all of them, with the labels that they can have."""
    from tocsin.routing.alert_labels import alert_labels
    from tocsin.routing.render.explanation import members_of

    # A name in the spec may be one for several alerts.
    meant = set() if name is None else {name, *members_of(plan, name)}
    return (one for one in alert_labels(plan) if name is None or one.rule.alert in meant)


def _of_alerts(asked: Routed, name: str | None, labels: dict[str, str]) -> Iterator[dict[str, str]]:
    """The label sets that the alerts can have, as far as they make a difference."""
    from tocsin.routing.reachability import RouteTree

    tree = RouteTree(asked.table.route)
    sent = [alert for alert in _alerts_called(asked.plan, name) if alert.dropped_by is None]
    if not sent:
        dropped = "all alerts" if name is None else f"every alert `{name}`"
        of = "" if asked.estate is None else f"in {asked.estate}, "
        raise CommandError(
            f"{of}Prometheus drops {dropped} before sending: see `tocsin explain rule/relabelled-away`"
        )
    for alert in sent:
        found = tree.ways(alert, labels)
        yield from ({**alert.fixed, **way.labels} for way in found.ways)
        if not found.complete:
            click.echo(
                f"`{alert.rule.alert}` can take more routes than can be listed; ask with some of its labels",
                err=True,
            )
