"""`tocsin route`: who is notified, when, and why."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.colour import colours
from tocsin.cli.command import Command
from tocsin.cli.completion import complete_alert
from tocsin.cli.options import environment_option
from tocsin.cli.settings import default_paths
from tocsin.cli.terminal import heading
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from tocsin.plan.model import Plan
    from tocsin.routing.config import FiringAlert, RoutingConfig, Silence
    from tocsin.routing.decision import Decision
    from tocsin.routing.render.outline import Outline

_LONGEST_QUESTION = 1024 * 1024


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
    form: str,
) -> None:
    """Show who is notified of an alert, when, and why, as Alertmanager itself would decide.

    LABELS are the labels of the alert, such as `severity=critical team=db`. PATHS is the folder of a spec
    (`spec` by default), or an Alertmanager configuration, alone or with rule files. Without labels and
    without `--alert` the whole tree is shown.

    Exit codes: 0 answered, 1 a line of the batch or a file could not be read, 2 the question cannot be
    answered.
    """
    from tocsin.cli.parsing import label_set, moment_of, zone_of

    paths, labels = _told_apart(arguments)
    plan, table = _table(paths, environment)
    where = zone_of(tz or plan.project.timezone)
    moment = moment_of(at_text, where)
    firing = [_firing(label_set(text)) for text in active]
    silences = tuple(_silence(text) for text in silence)
    if batch is not None:
        _batch(batch, table, where, moment)
        return
    if gaps_only:
        from tocsin.routing.alert_gaps import clock_zone

        _gaps(plan, table, alert, moment.astimezone(where).year, tz or clock_zone(plan, table), form)
        return
    if alert is not None or everything:
        questions = [*_of_alerts(plan, table, None if everything else alert, labels)]
    else:
        questions = [labels] if labels else []
    if length is not None:
        _timeline(table, questions, firing, silences, moment, length, where, form)
        return
    verdicts = [_verdict(table, one, moment, firing, silences) for one in questions]
    _show(table, verdicts, form, moment.astimezone(where))


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


def _table(paths: tuple[Path, ...], environment: str | None) -> tuple[Plan, RoutingConfig]:
    from tocsin.cli.planning import load_or_exit
    from tocsin.cli.routing import require_valid
    from tocsin.routing.config import routing_config

    paths = paths or default_paths()
    if not paths and not Path("spec").exists():
        raise CommandError("there is no folder `spec` here; name a spec or an Alertmanager configuration")
    made = require_valid(load_or_exit(paths, "text", environment=environment, mention=False))
    table = routing_config(made.plan)
    if table is None:
        raise CommandError("these files contain no routing; name an Alertmanager configuration as well")
    return made.plan, table


def _firing(labels: dict[str, str]) -> FiringAlert:
    from tocsin.routing.config import FiringAlert

    return FiringAlert(labels)


def _silence(text: str) -> Silence:
    from tocsin.lang.alertmanager.matcher_lines import read_matchers
    from tocsin.lang.errors import LangError
    from tocsin.routing.config import Silence

    try:
        return Silence(read_matchers(text))
    except LangError as error:
        raise CommandError(f"`{text}` are not valid matchers: {error.reason}") from None


def _of_alerts(
    plan: Plan, table: RoutingConfig, name: str | None, labels: dict[str, str]
) -> Iterator[dict[str, str]]:
    """The label sets that the alerts can have, as far as they make a difference."""
    from tocsin.routing.alert_labels import alert_labels
    from tocsin.routing.reachability import RouteTree
    from tocsin.routing.render.explanation import members_of
    from tocsin.text.suggest import did_you_mean

    # A name in the spec may be one for several alerts.
    meant = set() if name is None else {name, *members_of(plan, name)}
    alerts = [one for one in alert_labels(plan) if name is None or one.rule.alert in meant]
    if not alerts:
        names = sorted({one.rule.alert for one in alert_labels(plan)})
        near = did_you_mean(name or "", names)
        raise CommandError(f"there is no alert `{name}` here" + (f": {near}" if near else ""))
    tree = RouteTree(table.route)
    sent = [alert for alert in alerts if alert.dropped_by is None]
    if not sent:
        dropped = "all alerts" if name is None else f"every alert `{name}`"
        raise CommandError(
            f"Prometheus drops {dropped} before sending: see `tocsin explain rule/relabelled-away`"
        )
    for alert in sent:
        found = tree.ways(alert, labels)
        yield from ({**alert.fixed, **way.labels} for way in found.ways)
        if not found.complete:
            click.echo(
                f"`{alert.rule.alert}` can take more routes than can be listed; ask with some of its labels",
                err=True,
            )


def _verdict(
    table: RoutingConfig,
    labels: dict[str, str],
    moment: datetime,
    firing: Sequence[FiringAlert],
    silences: Iterable[Silence],
) -> Decision:
    from tocsin.routing.decision import decide

    # The alert itself came last: it may be the source of another one, and is then known to the inhibitor.
    return decide(table, labels, moment, [*firing, _firing(labels)], silences)


def _show(table: RoutingConfig, verdicts: list[Decision], form: str, moment: datetime) -> None:
    from tocsin.routing.render.answers import as_value
    from tocsin.routing.render.outline import outline
    from tocsin.routing.render.pictures import mermaid, svg

    tree = outline(table.route, (notice.stop for one in verdicts for notice in one.notices))
    if form == "json":
        import orjson

        for verdict in verdicts:
            value = {"labels": dict(verdict.labels), "at": moment.isoformat(), **as_value(verdict)}
            click.echo(orjson.dumps(value).decode())
    elif form == "mermaid":
        click.echo(mermaid(tree), nl=False)
    elif form == "svg":
        click.echo(svg(tree), nl=False)
    else:
        _print(tree, verdicts, moment)


def _print(tree: Outline, verdicts: list[Decision], moment: datetime) -> None:
    from tocsin.routing.render.answers import decision_sentences, labels_text

    if len(verdicts) <= 1:
        _print_tree(tree)
    several = len(verdicts) > 1
    answers: dict[tuple[str, ...], list[str]] = {}
    for verdict in verdicts:
        lines = tuple(decision_sentences(verdict, values=not several))
        answers.setdefault(lines, []).append(labels_text(verdict.labels))
    for lines, alerts in answers.items():
        for alert in alerts:
            heading(alert)
        for line in lines:
            click.echo(f"  {visible_line(line)}")
    if verdicts:
        click.echo(f"at {moment:%Y-%m-%d %H:%M %Z}")


def _print_tree(tree: Outline) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    def label(node: Outline) -> Text:
        style = "bold green" if node.lit else ""
        mark = "● " if node.stopped else ""
        text = Text(visible_line(f"{mark}{node.asks}"), style=style)
        text.append(visible_line(f" → {node.receiver}"), style=style)
        if node.notes:
            text.append(visible_line(f"  {', '.join(node.notes)}"), style="dim")
        return text

    def grown(node: Outline, branch: Tree) -> None:
        for child in node.children:
            grown(child, branch.add(label(child), guide_style="green" if child.lit else "dim"))
        if node.hidden:
            branch.add(Text(node.hidden, style="dim"))

    root = Tree(label(tree), guide_style="dim")
    grown(tree, root)
    # A pipe has no width: whoever reads it gets whole lines.
    width = None if sys.stdout.isatty() else 1000
    colour = colours()
    Console(highlight=False, width=width, force_terminal=colour, no_color=not colour).print(root)


def _batch(file: Path, table: RoutingConfig, where: tzinfo, moment: datetime) -> None:
    import orjson

    from tocsin.cli.parsing import json_line, labels_of, moment_of
    from tocsin.routing.render.answers import as_value
    from tocsin.source.decode import open_file

    broken = False
    with nullcontext(sys.stdin.buffer) if str(file) == "-" else open_file(file) as lines:
        while raw := lines.readline(_LONGEST_QUESTION + 1):
            if len(raw) > _LONGEST_QUESTION:
                raise CommandError(f"{file}: a line is longer than {_LONGEST_QUESTION // 1024} KiB")
            line = raw.decode("utf-8", "replace")
            if not line.strip():
                continue
            try:
                question = json_line(line)
                labels = labels_of(question.get("labels"), "`labels`")
                others = question.get("active", [])
                if not isinstance(others, list):
                    raise ValueError("`active` has to be a list of label sets")
                at = question.get("at")
                when = moment if at is None else moment_of(str(at), where)
                firing = [
                    _firing(labels_of(one.get("labels", one) if isinstance(one, dict) else one, "`active`"))
                    for one in others
                ]
                answer: dict[str, Any] = as_value(_verdict(table, labels, when, firing, ()))
            except (ValueError, CommandError) as error:
                broken = True
                answer = {"error": error.message if isinstance(error, CommandError) else str(error)}
            click.echo(orjson.dumps(answer).decode())
    if broken:
        sys.exit(1)


def _timeline(
    table: RoutingConfig,
    questions: list[dict[str, str]],
    firing: Sequence[FiringAlert],
    silences: tuple[Silence, ...],
    moment: datetime,
    length: str,
    where: tzinfo,
    form: str,
) -> None:
    from datetime import timedelta

    import orjson

    from tocsin.lang.durations import parse_duration
    from tocsin.lang.errors import LangError
    from tocsin.routing.render.answers import labels_text
    from tocsin.routing.timeline import TooLongError, timeline

    try:
        end = moment + timedelta(milliseconds=parse_duration(length))
        found = timeline(table, [*firing, *map(_firing, questions)], moment, end, silences)
    except LangError as error:
        raise CommandError(error.reason) from None
    except (TooLongError, OverflowError) as error:
        raise CommandError(str(error)) from None
    for one in found:
        at = one.at.astimezone(where)
        if form == "json":
            value = {
                "at": at.isoformat(),
                "receiver": one.receiver,
                "channel": one.channel,
                "reason": one.reason,
                "group": dict(one.group),
                "firing": [dict(labels) for labels in one.firing],
                "resolved": [dict(labels) for labels in one.resolved],
            }
            click.echo(orjson.dumps(value).decode())
        else:
            ended = f", {len(one.resolved)} resolved" if one.resolved else ""
            said = f"{one.receiver}  {labels_text(one.group)}: {one.reason}, {len(one.firing)} firing{ended}"
            click.echo(f"{at:%Y-%m-%d %H:%M:%S}  {visible_line(said)}")
    if found and form == "text":
        click.echo(f"times in {where}")
    elif form == "text":
        silent = sorted(name for name, channels in table.tells_ends.items() if not channels)
        why = f"; receivers without integrations: {', '.join(silent)}" if silent else ""
        click.echo(f"no notifications in this period{why}")


def _gaps(plan: Plan, table: RoutingConfig, alert: str | None, year: int, location: str, form: str) -> None:
    import orjson

    from tocsin.routing.alert_gaps import alert_gaps
    from tocsin.routing.render.hours import gap_lines, gap_value

    found = alert_gaps(plan, table, year, location)
    if alert is not None:
        found = [one for one in found if one.alert == alert]
    if form == "json":
        for one in found:
            click.echo(
                orjson.dumps({"alert": one.alert, "labels": dict(one.labels), **gap_value(one.gaps)}).decode()
            )
        return
    answers: dict[tuple[str, ...], list[str]] = {}
    for one in found:
        severity = one.labels.get("severity")
        name = one.alert + (f" ({severity})" if severity else "")
        answers.setdefault(tuple(gap_lines(one.gaps)), []).append(name)
    for lines, names in answers.items():
        for name in dict.fromkeys(names):
            heading(name)
        for line in lines:
            click.echo(f"  {visible_line(line)}")
    click.echo(
        f"hours in {location}, {year}" if found else "every alert notifies a receiver at any time of the year"
    )
