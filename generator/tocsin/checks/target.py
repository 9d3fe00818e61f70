"""Checks of what the releases do not know that the rules and the configuration are for."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from tocsin.checks.framework.annotation_templates import templates
from tocsin.checks.framework.check import Finding, check, check_shares
from tocsin.checks.framework.notification_texts import files_of, texts_of
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.checks.framework.runbook_texts import spec_alerts, steps
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.releases import (
    LABELLED_RECEIVERS,
    LABELLED_ROUTES,
    NAMED_INHIBITIONS,
    NAMED_OUTPUTS,
    newer_integrations,
    newer_keys,
)
from tocsin.lang.alertmanager.sections import SECTIONS
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.releases import ALERTMANAGER, PROMETHEUS, newer_fields, newer_functions
from tocsin.lang.promql.releases import refused
from tocsin.lang.releases import release
from tocsin.plan.channel_places import channel_path
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece, query_tokens
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.promql.releases import Use
    from tocsin.plan.model import Alert, Plan, Targets

    Path = tuple[str | int, ...]


@check("target/newer-key", Level.ERROR)
def newer_key(plan: Plan) -> Iterator[Finding]:
    """A key of Alertmanager is newer than the oldest release that has to read the configuration.

    Why:
        The older Alertmanager does not load a configuration with a key that it does not know.

    Fix:
        Take the key away, or say under `project: targets:` which Alertmanager is the oldest that reads
        the configuration. Plain files are judged where `--target alertmanager=…` names one.

    Bad:
        receivers:
          all: {slack: [{channel: "#ops", api_url_file: /etc/slack, timeout: 10s}]}

    Good:
        receivers:
          all: {slack: [{channel: "#ops", api_url_file: /etc/slack}]}
    """
    version = plan.targets.alertmanager
    if version is None:
        return
    for name, path, written in _settings(plan):
        if name in SECTIONS and release(version) < release(since := SECTIONS[name][1]):
            yield _newer_key(plan.targets, name, path, since)
        else:
            yield from _newer_keys(plan.targets, written, name, path)
    for rule in plan.inhibitions:
        if rule.name is not None and release(version) < release(NAMED_INHIBITIONS):
            yield _newer_key(plan.targets, "name", (*rule.place.path, "name"), NAMED_INHIBITIONS)
    for route in () if plan.route is None else plan.route.nodes():
        if route.labels and release(version) < release(LABELLED_ROUTES):
            yield _newer_key(plan.targets, "labels", (*route.place.path, "labels"), LABELLED_ROUTES)
    newer = newer_integrations(version)
    for receiver in plan.receivers:
        if receiver.labels and receiver.place is not None and release(version) < release(LABELLED_RECEIVERS):
            path = (*channel_path(receiver.place, "labels")[:-1], "labels")
            yield _newer_key(plan.targets, "labels", path, LABELLED_RECEIVERS)
        for key, entries in receiver.channels if receiver.place is not None else ():
            path, integration = channel_path(receiver.place or Place(()), key), key.removesuffix("_configs")
            if integration in newer:
                yield _newer_key(plan.targets, str(path[-1]), path, newer[integration])
                continue
            for number, entry in enumerate(entries):
                yield from _newer_keys(plan.targets, entry, integration, (*path, number))


@check("target/output-name", Level.ERROR)
def output_name(plan: Plan) -> Iterator[Finding]:
    """An output of events has no name of its own, which the Alertmanager that reads the configuration needs.

    Why:
        From 0.35 on Alertmanager does not load a configuration with an output of `event_recorder` that has
        no name, or the name of another one of its kind: it stands in metrics and logs.

    Fix:
        Name each output. Older releases do not know the key, so it is asked for where `project: targets:`,
        or `--target alertmanager=…` for plain files, says that none of them reads the configuration.

    Bad:
        project:
          name: shop
          title: Shop
          targets: {alertmanager: "0.35"}
          event_recorder: {file_outputs: [{path: /var/log/events.jsonl}]}

    Good:
        project:
          name: shop
          title: Shop
          targets: {alertmanager: "0.35"}
          event_recorder: {file_outputs: [{name: log, path: /var/log/events.jsonl}]}
    """
    version = plan.targets.alertmanager
    if version is None or release(version) < release(NAMED_OUTPUTS):
        return
    for section, path, written in _settings(plan):
        for kind, outputs in written.items() if section == "event_recorder" else ():
            first: dict[str, Place] = {}
            for number, output in enumerate(outputs if isinstance(outputs, list) else ()):
                at = Place((*path, kind, number))
                name = str(output.get("name") or "") if isinstance(output, dict) else ""
                if name and name not in first:
                    first[name] = Place((*at.path, "name"))
                    continue
                said = f"another output has the name `{name}`" if name else "this output has no `name`"
                yield Finding(
                    f"{said}, and Alertmanager {version} does not load the configuration",
                    at=Place((*at.path, "name")) if name else at,
                    also=((first[name], "the other one"),) if name else (),
                    help="give each output a name of its own",
                )


@check_shares("target/query", Level.ERROR)
def query(share: Share) -> Iterator[Finding]:
    """A query has what the Prometheus that it is for does not know, or what is not enabled in it.

    Why:
        Prometheus refuses the whole file of rules, and with it every other alert in it. A query of a
        dashboard or a runbook shows an error instead of a graph.

    Fix:
        Write it as the release knows it; or, if no older Prometheus reads it, name the newer one under
        `project: targets:`, and under `features` what is enabled by `--enable-feature`. Plain files are
        judged where `--target prometheus=…` names a release.

    Bad:
        promql: histogram_count(latency_seconds </ 0.5)
        thresholds: {warning: {above: 10}}

    Good:
        promql: histogram_count(latency_seconds)
        thresholds: {warning: {above: 10}}
    """
    targets = share.around.targets
    seen: set[tuple[Place, str]] = set()
    for text, piece, about in _queries(share) if targets.prometheus is not None else ():
        for use in _of_query(targets, text):
            # Several rules can be made of one query.
            if (key := (piece(use.span), use.what)) not in seen:
                seen.add(key)
                yield _of_use(use, targets, key[0], about)


@check_shares("target/template-function", Level.ERROR)
def template_function(share: Share) -> Iterator[Finding]:
    """A template has a function or a field that came after the oldest release that has to read it.

    Why:
        Prometheus refuses the whole file of rules. Alertmanager may load the configuration, and then
        fails to notify.

    Fix:
        Do without it, or name the newer release under `project: targets:`. Plain files are
        judged where `--target` names a release.

    Bad:
        promql: sum(rate(errors_total[5m]))
        annotations: {search: 'http://s.example/{{ urlQueryEscape "a b" }}'}

    Good:
        promql: sum(rate(errors_total[5m]))
        annotations: {search: 'http://s.example/{{ urlquery "a b" }}'}
    """
    targets = share.around.targets
    server, sender = targets.prometheus, targets.alertmanager
    if server is not None:
        for rule, texts in templates(share):
            for text in texts if rule.engine is Engine.PROMETHEUS else ():
                if text.refused is None:
                    newer = newer_functions(text.text, PROMETHEUS, server)
                    yield from _newer_functions(targets, "Prometheus", newer, text.piece, rule.place)
    if sender is not None and share.is_last:
        plan = share.around.whole_plan()
        for one in (*chain.from_iterable(map(texts_of, plan.receivers)), *files_of(plan)):
            if one.refused is None:
                newer = newer_functions(one.text, ALERTMANAGER, sender)
                yield from _newer_functions(targets, "Alertmanager", newer, one.piece, one.about)
                newer = newer_fields(one.text, sender)
                yield from _newer_functions(targets, "Alertmanager", newer, one.piece, one.about, "field")


def _settings(plan: Plan) -> Iterator[tuple[str, Path, Mapping[str, Any]]]:
    """Alertmanager's global section and those about itself, and where each stands."""
    project = plan.project
    if project.name:
        yield "global", ("project", "alertmanager"), project.alertmanager
        yield from ((name, ("project", name), one) for name, one in project.sections.items())
    elif plan.receivers and plan.receivers[0].place is not None:
        # Beside the list of receivers, in which a receiver's place is that of its name.
        beside = plan.receivers[0].place.path[:-3]
        for name, one in {"global": project.alertmanager, **project.sections}.items():
            yield name, (*beside, name), one


def _newer_keys(targets: Targets, written: Mapping[str, Any], where: str, path: Path) -> Iterator[Finding]:
    version = targets.alertmanager or ""
    for place, inner, inside in (
        (where, written, path),
        ("http_config", written.get("http_config"), (*path, "http_config")),
    ):
        for dotted, since in newer_keys(place, version) if isinstance(inner, dict) else ():
            keys = dotted.split(".")
            if _at(inner, keys) is not None:
                yield _newer_key(targets, keys[-1], (*inside, *keys), since)


def _at(written: Any, keys: Iterable[str]) -> Any:
    for key in keys:
        written = written.get(key) if isinstance(written, dict) else None
    return written


def _newer_key(targets: Targets, key: str, path: Path, since: str) -> Finding:
    return Finding(
        f"Alertmanager {targets.alertmanager} does not know `{key}`, which came with {since}",
        at=Place(path, key=True),
        help=f"take it away, or, if no older Alertmanager reads the configuration, "
        f"{_raise_to(targets, 'Alertmanager', since)}",
    )


def _queries(share: Share) -> Iterator[tuple[str, Callable[[tuple[int, int]], Place], Place]]:
    """The queries that Prometheus reads, each with the places of its parts, and what it belongs to."""
    for _, rule in rules_with_groups(share):
        if rule.engine is Engine.PROMETHEUS:
            yield rule.expr, partial(expr_piece, rule), rule.place
    for alert in spec_alerts(share):
        if alert.engine is Engine.PROMETHEUS and not _is_of_rules(alert):
            yield alert.query, partial(Place, (*alert.place.path, "panel", "promql")), alert.place
    for written in steps(share):
        if written.step.promql is not None:
            yield written.step.promql, partial(Place, (*written.path, "promql")), written.about
    for slo in share.around.whole_plan().slos if share.is_last else ():
        for one in slo.metric_queries:
            place = partial(Place, one.place.path)
            yield one.text, place, slo.place


def _is_of_rules(alert: Alert) -> bool:
    """Whether the panel draws the query of the rules, and not one of its own."""
    if any(rule.written.text == alert.query for rule in alert.rules):
        return True
    drawn = _words(alert.query)
    return any(drawn in _words(rule.written.text) for rule in alert.rules)


def _words(text: str) -> str:
    return " ".join(token.text for token in query_tokens(text, Engine.PROMETHEUS))


def _of_query(targets: Targets, text: str) -> tuple[Use, ...]:
    try:
        return () if targets.prometheus is None else refused(text, targets.prometheus, targets.features)
    except LangError:
        return ()


def _of_use(use: Use, targets: Targets, place: Place, about: Place) -> Finding:
    version, addition = targets.prometheus or "", use.addition
    if use.why == "feature":
        return Finding(
            f"{use.what} has to be enabled in Prometheus {version}, by `{addition.feature}`",
            at=place,
            help=_either(
                addition.instead,
                f"{_enabled(targets, version, addition.feature)}, and start "
                f"Prometheus with `--enable-feature={addition.feature}`",
            ),
            about=about,
        )
    if use.why == "gone":
        assert addition.now is not None
        enabled = (
            ""
            if addition.now.feature in (None, *targets.features)
            else (f", and {_enabled(targets, version, addition.now.feature)}")
        )
        return Finding(
            f"Prometheus {version} does not know {use.what}, which went with {addition.gone}",
            at=place,
            help=f"write {addition.now.name}{enabled}",
            about=about,
        )
    stable = addition.stable is not None and addition.stable == addition.since
    feature = None if stable or addition.feature in targets.features else addition.feature
    older = addition.instead if addition.formerly is None else f"write {addition.formerly}"
    return Finding(
        f"Prometheus {version} does not know {use.what}, which came with {addition.since}",
        at=place,
        help=_either(older, f"if no older Prometheus reads it, {_enabled(targets, addition.since, feature)}"),
        about=about,
    )


def _either(instead: str | None, otherwise: str) -> str:
    return f"{instead or 'take it away'}, or{',' if otherwise.startswith('if ') else ''} {otherwise}"


def _enabled(targets: Targets, version: str, feature: str | None) -> str:
    """How to say that Prometheus has a version, and a feature enabled."""
    features = sorted({*targets.features, *(() if feature is None else (feature,))})
    if targets.by_option:
        options = [
            f"--target prometheus={version}",
            *(f"--target features={','.join(features)}" for _ in features[:1]),
        ]
        return f"check with `{' '.join(options)}`"
    listed = f", features: [{', '.join(features)}]" if features else ""
    return f'write `targets: {{prometheus: "{version}"{listed}}}` under `project:`'


def _raise_to(targets: Targets, program: str, version: str) -> str:
    if program == "Prometheus":
        return _enabled(targets, version, None)
    if targets.by_option:
        return f"check with `--target alertmanager={version}`"
    return f'write `targets: {{alertmanager: "{version}"}}` under `project:`'


def _newer_functions(
    targets: Targets,
    program: str,
    found: Iterable[tuple[str, tuple[int, int], str]],
    piece: Callable[[tuple[int, int]], Place],
    about: Place,
    kind: str = "function",
) -> Iterator[Finding]:
    version = targets.prometheus if program == "Prometheus" else targets.alertmanager
    for name, span, since in found:
        yield Finding(
            f"{program} {version} has no {kind} `{name}`, which came with {since}",
            at=piece(span),
            help=f"do without it, or, if no older {program} reads it, {_raise_to(targets, program, since)}",
            about=about,
        )
