"""Checks of receivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.discarding import discards
from tocsin.checks.framework.route_nodes import routes_below
from tocsin.diagnostics.model import Level
from tocsin.existing.alertmanager.variables import has_variable, not_expanded
from tocsin.lang.kubernetes.kube_prometheus import OF_ALERTING, RECEIVERS
from tocsin.plan.channel_places import channel_path
from tocsin.routing.reachability import reachability
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

    Path = tuple[str | int, ...]


@check("receiver/unused", Level.INFO)
def unused(plan: Plan) -> Iterator[Finding]:
    """No route leads to a receiver.

    Why:
        Whoever is behind it receives nothing, and may believe otherwise.

    Fix:
        Take the receiver away, or write the route that is missing.

    Bad:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
          - name: web
            webhook_configs: [{url: "http://hooks.example/web"}]

    Good:
        route: {receiver: all}
        receivers:
          - name: all
            webhook_configs: [{url: "http://hooks.example/all"}]
    """
    if plan.route is None:
        return
    used = {plan.route.receiver, *(node.route.receiver for node in routes_below(plan.route))}
    used |= {level.receiver for level in plan.escalation.levels}
    for receiver in plan.receivers:
        # One that discards is there for whoever needs it.
        is_spare = not receiver.name or discards(receiver.name)
        if not is_spare and receiver.name not in used and receiver.place is not None:
            yield Finding(f"no route leads to the receiver `{receiver.name}`", at=receiver.place)


@check("receiver/empty", Level.INFO)
def empty(plan: Plan) -> Iterator[Finding]:
    """A receiver has no channel, so that nobody behind it is ever notified.

    Why:
        That is the way to throw alerts away on purpose, such as those that only inhibit others. Without
        that purpose, a channel is missing.

    Fix:
        Add a channel, or call the receiver what it is, such as `nobody`.

    Bad:
        route: {receiver: web}
        receivers:
          - name: web

    Good:
        route: {receiver: web}
        receivers:
          - name: web
            webhook_configs: [{url: "http://hooks.example/web"}]
    """
    has_any = any(entries for one in plan.receivers for _, entries in one.channels)
    if not has_any and {one.name for one in plan.receivers} <= RECEIVERS:
        # What kube-prometheus brings along is still to be replaced, as everybody who installs it knows.
        return
    ways = reachability(plan)
    # Of the one at the root, `route/nobody` says more where it knows of alerts that go there.
    is_told = ways is not None and any(alert_class.surely_only(ways.root) for alert_class in ways.classes)
    root = ways.root.receiver if ways is not None and is_told else None
    for receiver in plan.receivers:
        has_channel = any(entries for _, entries in receiver.channels)
        # kube-prometheus has an empty receiver for each alert that is about alerting itself.
        if receiver.name in ("", root, *OF_ALERTING):
            continue
        if not has_channel and not discards(receiver.name):
            yield Finding(
                f"the receiver `{receiver.name}` has no integrations, so no notifications are sent",
                at=receiver.place or Place(()),
            )


@check("receiver/variable", Level.WARNING)
def variable(plan: Plan) -> Iterator[Finding]:
    """A value of a receiver or of Alertmanager's settings is an environment variable.

    Why:
        Alertmanager uses the string as it is written: it expands no variables. (Of plain files,
        `alertmanager/variable` says so.) Where nothing else fills them
        in before, such as `envsubst` or Flux, the notification is never sent.

    Fix:
        Write the value, or for a secret the path of its file under the key that ends with `_file`. Where
        another program fills it in, write so under `allow:`, or accept the finding in a baseline.

    Bad:
        receivers:
          all:
            email:
              - to: ops@b.example
                from: alerts@b.example
                smarthost: "${SMTP_HOST}:587"

    Good:
        receivers:
          all:
            email:
              - to: ops@b.example
                from: alerts@b.example
                smarthost: "mail.b.example:587"
    """
    # Of plain files their reader tells, which also knows what else fills them in.
    for path, text in _written_texts(plan) if plan.project.name else ():
        if "{{" not in text and has_variable(text):
            yield Finding(
                "this variable is not replaced: Alertmanager uses the string as it is written",
                at=Place(path),
                help=not_expanded(text, str(path[-1])),
            )


@check("receiver/mail-port", Level.WARNING)
def mail_port(plan: Plan) -> Iterator[Finding]:
    """The port of a mail server begins with a blank.

    Why:
        Alertmanager loads the configuration, and Go looks the port up as the name of a service, which it is
        not: no mail is ever sent.

    Fix:
        Write host and port without a blank between them.

    Bad:
        receivers:
          all:
            email:
              - to: ops@b.example
                from: alerts@b.example
                smarthost: "mail.b.example: 587"

    Good:
        receivers:
          all:
            email:
              - to: ops@b.example
                from: alerts@b.example
                smarthost: "mail.b.example:587"
    """
    for path, text in _written_texts(plan):
        host, _, port = text.rpartition(":")
        if str(path[-1]).endswith("smarthost") and port[:1].isspace():
            yield Finding(
                f"the port `{port}` begins with a blank, so that no mail is sent",
                at=Place(path),
                help=f"write `{host}:{port.strip()}`",
            )


def _written_texts(plan: Plan) -> Iterator[tuple[Path, str]]:
    """The texts of the channels of receivers, and those that a spec gives to Alertmanager."""
    waiting: list[tuple[Path, object]] = [(("project", "alertmanager"), plan.project.alertmanager)]
    waiting += [
        (channel_path(receiver.place, key), entries)
        for receiver in plan.receivers
        if receiver.place is not None
        for key, entries in receiver.channels
    ]
    while waiting:
        path, value = waiting.pop(0)
        if isinstance(value, Mapping):
            waiting += [((*path, key), one) for key, one in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [((*path, number), one) for number, one in enumerate(value)]
        elif isinstance(value, str):
            yield path, value
