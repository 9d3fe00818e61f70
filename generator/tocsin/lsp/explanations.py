"""What an editor shows of the thing under the pointer, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.manual import find_section
from tocsin.routing.render.explanation import alert_names, explain_alert
from tocsin.spec.keys import keys_below, spec_keys
from tocsin.spec.mistakes.shape import shape_at
from tocsin.spec.model import Spec
from tocsin.text.secret_looks import without_secrets
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel

    from tocsin.lsp.names import Path, Reference
    from tocsin.plan.model import Plan, Timing
    from tocsin.spec.keys import Key
    from tocsin.workspace.load import Planned

_MOST_KEYS = 12
_MOST_OTHERWISE = 4
_CONDITIONS = frozenset({"thresholds", "for", "keep_firing_for"})


def explain_name(reference: Reference, plans: Sequence[Planned]) -> str | None:
    """What is known of a name: who is notified of an alert, what a severity means, what an SLO promises.

    `plans` are those of all environments or estates; where they differ, each is told by its name.
    """
    return _in_each(plans, lambda one: _explain_name(reference, one))


def _in_each(plans: Sequence[Planned], explain: Callable[[Planned], Sequence[str]]) -> str | None:
    """The paragraphs about something in the first environment or estate, and what is otherwise in others."""
    said: dict[tuple[str, ...], list[str]] = {}
    for one in plans:
        said.setdefault(tuple(explain(one)), []).append(f"`{one.name}`")
    first = next((parts for parts in said if parts), None)
    if first is None:
        return None
    shown = [*first] if len(said) == 1 else [f"In {', '.join(said[first])}:", *first]
    for parts, names in [one for one in said.items() if one[0] != first][:_MOST_OTHERWISE]:
        other = [part for part in parts if part not in first] if len(parts) == len(first) else parts
        shown += [f"In {', '.join(names)}:", *other] if parts else [f"Not in {', '.join(names)}."]
    if len(said) > _MOST_OTHERWISE + 1:
        kind = "environment" if plans[0].estate is None else "estate"
        shown.append(f"Otherwise again in more {kind}s: `tocsin explain` takes `--{kind}`.")
    return without_secrets("\n\n".join(shown))


def _explain_name(reference: Reference, planned: Planned) -> list[str]:
    plan, name = planned.plan, reference.name
    found: str | None = None
    if reference.kind == "alert":
        if name not in alert_names(plan):
            return []
        return _alert(plan, name, routing_is_whole="routing" not in planned.unread.areas)
    if reference.kind == "receiver":
        found = _receiver(plan, name)
    elif reference.kind == "team":
        team = next((one for one in plan.teams if one.name == name), None)
        contact = "" if team is None or team.contact is None else f"\n\nContact: {team.contact}"
        found = None if team is None else f"**{team.title}**{contact}"
    elif reference.kind == "severity":
        found = _severity(plan, name)
    elif reference.kind == "SLO":
        lines = [
            f"{slo.objective_text} over {slo.window}; error budget {slo.budget_text} ({slo.budget_time}).\n\n"
            f"Watched by: {', '.join(slo.alerts) or 'nothing'}"
            for slo in plan.slos
            if slo.name == name
        ]
        found = lines[0] if lines else None
    elif reference.kind == "time interval":
        periods = [one.periods for one in plan.time_intervals if one.name == name]
        found = f"```yaml\n{yaml_text([dict(period) for period in periods[0]])}```" if periods else None
    elif reference.kind == "recording rule":
        found = _recording(plan, name)
    return [] if found is None else [found]


def explain_key(path: Path) -> str | None:
    """The manual of the key of a spec that a path ends in; None where no such key is known."""
    key = key_at(path)
    if key is None:
        return None
    default = (
        ""
        if key.default in (None, "", (), 0) or not isinstance(key.default, str | int | float)
        else (f" Default: `{key.default}`.")
    )
    needed = " Required." if key.required else ""
    lines = [f"**{key.path[-1]}**: {key.description}", f"Takes {key.kind}.{needed}{default}"]
    if below := keys_below(key):
        named = ", ".join(f"`{name}`" for name, _, _ in below[:_MOST_KEYS])
        lines.append(f"Keys below it: {named}{', …' if len(below) > _MOST_KEYS else ''}")
    example = yaml_text({key.path[-1]: key.example}) if below == [] else ""
    return "\n\n".join([*lines, *([f"```yaml\n{example}```"] if example else [])])


def explain_rules(path: Path, plans: Sequence[Planned]) -> str | None:
    """The conditions of an alert of a spec in words, for a position in its thresholds or durations."""
    if len(path) < 5 or path[0] != "groups" or path[2] != "alerts" or not _CONDITIONS & {*path[4:]}:
        return None
    return _in_each(plans, lambda one: _conditions(one.plan, str(path[3])))


def _conditions(plan: Plan, name: str) -> list[str]:
    for title, lines in explain_alert(plan, name) if name in alert_names(plan) else ():
        if title == "Rules":
            return ["\n".join(f"- {line}" for line in lines)]
    return []


def explain_check(id_: str) -> str | None:
    """The manual of a check or a message."""
    section = find_section(id_)
    return None if section is None else f"**{id_}**\n\n{section.text}"


def key_at(path: Path) -> Key | None:
    """The key of the spec that a path ends in; None where it ends in a name that the author chose."""
    model = model_at(path[:-1])
    if model is None or not path or not isinstance(path[-1], str):
        return None
    return next((key for key in spec_keys() if key.definition == (model, path[-1])), None)


def model_at(path: Path) -> type[BaseModel] | None:
    """The model of the mapping at a path of a spec; None where none belongs there."""
    shape = shape_at(path, Spec)
    return None if shape is None else shape.record


def _alert(plan: Plan, name: str, *, routing_is_whole: bool) -> list[str]:
    parts = []
    for title, lines in explain_alert(plan, name, routing_is_whole=routing_is_whole):
        if title in ("Query", "Rule"):
            parts.append(f"```promql\n{chr(10).join(lines)}\n```")
        elif title == name:
            parts.append("\n".join([f"**{title}**", *(f"\n{line}" for line in lines)]))
        else:
            parts.append("\n".join([f"*{title}*", "", *(f"- {line}" for line in lines)]))
    return parts


def _receiver(plan: Plan, name: str) -> str | None:
    receiver = next((one for one in plan.receivers if one.name == name), None)
    if receiver is None:
        return None
    channels = ", ".join(
        f"{len(entries)} × {key.removesuffix('_configs')}"
        if len(entries) > 1
        else key.removesuffix("_configs")
        for key, entries in receiver.channels
        if entries
    )
    return f"**{receiver.title or name}** notifies by {channels or 'nothing: it has no channel'}"


def _severity(plan: Plan, name: str) -> str | None:
    found = next((one for one in plan.severities if one.name == name), None)
    if found is None:
        return None
    respond = found.respond
    targets = [
        f"{what} {time}"
        for what, time in (
            ("first action within", respond.detect_to_act),
            ("resolved within", respond.act_to_resolve),
            ("mean time to resolve", respond.mttr),
        )
        if time is not None
    ]
    title = f"**{found.icon} {found.title}**, rank {found.rank}"
    return "\n\n".join(filter(None, (title, _timing(found.notify), "; ".join(targets))))


def _timing(timing: Timing) -> str:
    named = {
        "first notification after": timing.group_wait,
        "new alerts of the group after": timing.group_interval,
        "again every": timing.repeat_interval,
    }
    return ", ".join(f"{what} {time}" for what, time in named.items() if time is not None)


def _recording(plan: Plan, name: str) -> str | None:
    for group in plan.rule_groups:
        for rule in group.rules:
            if getattr(rule, "record", None) == name:
                return f"**{name}**, recorded by group {group.name}\n\n```promql\n{rule.expr.strip()}\n```"
    return None
