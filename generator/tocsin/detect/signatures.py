"""The marks by which the formats of alerting are distinguished from everything else that is YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.node import MappingNode, Node, ScalarNode, SequenceNode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

SPEC_KEYS = frozenset(
    {"project", "severities", "teams", "receivers", "routing", "groups"}
    | {"recordings", "slos", "procedures", "escalation", "policy", "deliver", "notifications"}
    | {"environments"}
)
"""The keys at the top of a spec's files."""
ALERTMANAGER_KEYS = frozenset(
    {"global", "route", "receivers", "inhibit_rules", "templates"}
    | {"mute_time_intervals", "time_intervals", "tracing"}
)
"""The keys at the top of Alertmanager's configuration."""
_OF_SPEC = frozenset(
    {"project", "severities", "routing", "procedures", "escalation", "policy", "deliver", "notifications"}
)
IN_SECTION = {
    "project": frozenset(
        {
            "name",
            "title",
            "language",
            "timezone",
            "urls",
            "links",
            "labels",
            "defaults",
            "tenant",
            "evaluator",
        }
        | {"alertmanager", "loki", "dashboards", "datasources", "runbooks", "targets", "tracing"}
        | {"event_recorder"}
    ),
    "routing": frozenset(
        {"catch_all", "derive_inhibitions", "group_by", "group_wait", "group_interval", "repeat_interval"}
        | {"inhibitions", "labels", "routes", "tests", "time_intervals"}
    ),
    "policy": frozenset(
        {"alert_name", "annotations", "for", "keep_firing_for", "labels", "recordings", "reject", "runbooks"}
        | {"selectors", "severities"}
    ),
    "escalation": frozenset({"channels", "levels", "links"}),
    "notifications": frozenset({"template_files", "templates", "texts"}),
    "deliver": frozenset({"kubernetes", "loki", "mimir"}),
}
"""The keys of those sections of a spec that name no parts of their own."""
IN_PARTS = {
    "groups": frozenset(
        {
            "title",
            "name",
            "description",
            "alerts",
            "recordings",
            "panels",
            "team",
            "tenant",
            "labels",
            "links",
        }
        | {"file", "order", "evaluator", "interval", "limit", "query_offset", "options"}
    ),
    "receivers": frozenset(
        {"title", "description", "labels", "texts", "timezone"}
        | {"discord", "email", "incidentio", "jira", "mattermost", "msteams", "msteamsv2", "opsgenie"}
        | {"pagerduty", "pushover", "rocketchat", "slack", "sns", "telegram", "victorops", "webex"}
        | {"webhook", "wechat"}
    ),
}
"""The keys of each group and of each receiver of a spec."""
_OF_PROMETHEUS = frozenset({"scrape_configs", "scrape_config_files", "rule_files", "alerting"})
_IN_ALERTING = frozenset({"alertmanagers", "alert_relabel_configs"})
_PROMETHEUS_KEYS = _OF_PROMETHEUS | {"global", "remote_write", "remote_read", "storage", "tracing", "runtime"}
_IN_GLOBAL = frozenset({"scrape_interval", "evaluation_interval", "external_labels"})
_OF_RULE = frozenset({"alert", "record", "expr"})
_OF_GROUP = frozenset({"name", "rules", "interval", "limit", "query_offset", "labels"})
_OF_ROUTE = frozenset(
    {"receiver", "routes", "group_by", "group_wait", "group_interval", "repeat_interval", "matchers"}
    | {"match", "match_re", "continue", "mute_time_intervals", "active_time_intervals"}
)
_OF_TEST = frozenset({"input_series", "alert_rule_test", "promql_expr_test"})
_OF_CHART_TEST = frozenset({"it", "asserts", "documentSelector"})
_OF_GRAFANA_RULE = frozenset({"condition", "data", "noDataState", "execErrState"})
_IN_GRAFANA = frozenset({"groups", "contactPoints", "policies", "muteTimes", "templates"})


def is_rule_file(node: MappingNode) -> bool:
    """Whether it is a rule file of Prometheus or Loki, though perhaps a bad one."""
    groups = value_at(node, "groups")
    if isinstance(groups, MappingNode):
        # The `-` of the only group is missing.
        listed = items_at(groups, "rules")
        return any(isinstance(one, MappingNode) and {"alert", "expr"} <= one.entries.keys() for one in listed)
    if isinstance(groups, SequenceNode):
        inner = [item for item in groups.items if isinstance(item, MappingNode)]
        rules = [rule for rule in rules_of(node) if rule.entries]
        if rules:
            return any(_OF_RULE & rule.entries.keys() for rule in rules)
        others = node.entries.keys() - {"groups", "namespace"}
        return any("rules" in item.entries for item in inner) or (
            not others and (not groups.items or any(map(_is_group, inner)))
        )
    return isinstance(groups, ScalarNode) and len(node.entries) == 1


def _is_group(node: MappingNode) -> bool:
    """Whether it is a group of rules without any rules; what has lists of other things is none."""
    foreign = (entry.value for key, entry in node.entries.items() if key not in _OF_GROUP)
    holds_others = any(
        isinstance(value, SequenceNode) and any(isinstance(item, MappingNode) for item in value.items)
        for value in foreign
    )
    return _mostly(node, _OF_GROUP) and not holds_others


def is_list_of_groups(node: SequenceNode) -> bool:
    """Whether it is a list of rule groups that hold rules, as templates put them below `groups:`."""
    return any(
        isinstance(group, MappingNode)
        and any(
            isinstance(rule, MappingNode) and bool({"alert", "record"} & rule.entries.keys())
            for rule in items_at(group, "rules")
        )
        for group in node.items
    )


def is_list_of_rules(node: SequenceNode) -> bool:
    """Whether it is a list of rules without the groups in which Prometheus reads them."""
    return any(
        isinstance(rule, MappingNode)
        and "expr" in rule.entries
        and bool({"alert", "record"} & rule.entries.keys())
        for rule in node.items
    )


def holds_rules(node: MappingNode) -> bool:
    """Whether the rule groups in it hold a rule: what is sure enough inside of something else."""
    return any(bool({"alert", "record"} & rule.entries.keys()) for rule in rules_of(node))


def is_alertmanager(node: MappingNode) -> bool:
    """Whether it is a configuration of Alertmanager, though perhaps a bad one."""
    marks = (
        _is_route(value_at(node, "route")),
        _is_list_of_receivers(value_at(node, "receivers")),
        *(_is_list_of_mappings(value_at(node, key)) for key in ("inhibit_rules", "mute_time_intervals")),
    )
    return any(marks) and _mostly(node, ALERTMANAGER_KEYS)


def is_part_of_alertmanager(node: MappingNode) -> bool:
    """Whether it is a part of a configuration in something else, where an empty route means nothing."""
    marks = ("route", "receivers", "inhibit_rules", "mute_time_intervals")
    held = (value_at(node, key) for key in marks)
    return is_alertmanager(node) and any(
        bool(value.entries) if isinstance(value, MappingNode) else bool(value.items)
        for value in held
        if isinstance(value, MappingNode | SequenceNode)
    )


def holds_routes(node: MappingNode) -> bool:
    """Whether it has a route and receivers: what is sure enough inside of something else."""
    return _is_route(value_at(node, "route")) and any(
        isinstance(one, MappingNode) and "name" in one.entries for one in items_at(node, "receivers")
    )


def notifies_nobody(node: Node) -> bool:
    """Whether it is a configuration of one receiver without any integration, to which everything goes."""
    if not isinstance(node, MappingNode) or not holds_routes(node):
        return False
    receivers = list(items_at(node, "receivers"))
    route = value_at(node, "route")
    return (
        len(receivers) == 1
        and isinstance(receivers[0], MappingNode)
        and receivers[0].entries.keys() == {"name"}
        and isinstance(route, MappingNode)
        and "routes" not in route.entries
    )


def _is_list_of_mappings(node: Node | None) -> bool:
    """Whether it is a list of mappings, or an empty one: pipelines of collectors list names of receivers."""
    return isinstance(node, SequenceNode) and (
        not node.items or any(isinstance(item, MappingNode) for item in node.items)
    )


def _is_list_of_receivers(node: Node | None) -> bool:
    """Whether it lists receivers of alerts, though perhaps bad ones; bridges to trackers list their own."""
    if not _is_list_of_mappings(node) or not isinstance(node, SequenceNode):
        return False
    known = [item.entries.keys() for item in node.items if isinstance(item, MappingNode)]
    return not known or any(
        keys <= {"name", "labels"} or any("_config" in key for key in keys) for keys in known
    )


def _is_route(node: Node | None) -> bool:
    """Whether it is a route of alerts: others have routes as well, such as those of HTTP."""
    if not isinstance(node, MappingNode):
        return False
    # The exporter of Kubernetes' events has lists of conditions where Alertmanager has labels.
    children = [one for one in items_at(node, "routes") if isinstance(one, MappingNode)]
    if any(isinstance(value_at(one, "match"), SequenceNode) or "drop" in one.entries for one in children):
        return False
    return not node.entries or bool(_OF_ROUTE & node.entries.keys())


def is_prometheus(node: MappingNode) -> bool:
    """Whether it is a configuration of Prometheus."""
    general = value_at(node, "global")
    of_general = isinstance(general, MappingNode) and bool(_IN_GLOBAL & general.entries.keys())
    alerting = value_at(node, "alerting")
    if isinstance(alerting, MappingNode) and alerting.entries and not _IN_ALERTING & alerting.entries.keys():
        # An application calls its own settings so.
        return False
    return (bool(_OF_PROMETHEUS & node.entries.keys()) or of_general) and _mostly(node, _PROMETHEUS_KEYS)


def is_promtool_test(node: MappingNode) -> bool:
    """Whether it is a file of unit tests for promtool."""
    tests = [one for one in items_at(node, "tests") if isinstance(one, MappingNode)]
    if any(_OF_TEST & one.entries.keys() for one in tests):
        return True
    return "rule_files" in node.entries and bool({"tests", "evaluation_interval"} & node.entries.keys())


def is_chart_test(node: MappingNode) -> bool:
    """Whether it is a suite of unit tests of a Helm chart, with the rules that its templates should make."""
    tests = [one for one in items_at(node, "tests") if isinstance(one, MappingNode)]
    return any(_OF_CHART_TEST & one.entries.keys() for one in tests)


def is_assertion(node: Node) -> bool:
    """Whether it is what Chainsaw asserts of a resource: with `~.key` for each item, or `(expression)`.

    Source: https://kyverno.github.io/chainsaw/latest/quick-start/assertion-trees/
    """
    if isinstance(node, MappingNode):
        keys = node.entries.items()
        return any(key.startswith("~.") or is_assertion(entry.value) for key, entry in keys)
    return isinstance(node, SequenceNode) and any(map(is_assertion, node.items))


def is_grafana_alerting(node: MappingNode) -> bool:
    """Whether it provisions Grafana's own alerting: rules that Grafana evaluates, or whom it notifies."""
    version = value_at(node, "apiVersion")
    if "kind" not in node.entries and isinstance(version, ScalarNode) and isinstance(version.value, int):
        return bool(_IN_GRAFANA & node.entries.keys())
    return any(len(_OF_GRAFANA_RULE & rule.entries.keys()) > 1 for rule in rules_of(node))


def is_dashboard(node: MappingNode) -> bool:
    """Whether it is a dashboard of Grafana."""
    keys = node.entries.keys()
    return bool(keys & {"panels", "rows"}) and bool(keys & {"schemaVersion", "templating"})


def is_spec(node: MappingNode) -> bool:
    """Whether it can only be a file of a spec."""
    keys = node.entries.keys()
    # Many programs have a project, a policy or somebody to notify.
    own = [key for key in _OF_SPEC & keys if _is_section(value_at(node, key))]
    own = [key for key in own if not _is_of_others(value_at(node, key), IN_SECTION.get(key))]
    if len(own) > 1:
        return True
    shared = any(_names_parts(value_at(node, key), known) for key, known in IN_PARTS.items())
    if own or (shared and "route" not in keys):
        return _mostly(node, SPEC_KEYS)
    # Others have a key of this name as well, beside keys that a spec does not have.
    return isinstance(value_at(node, "slos"), MappingNode) and keys <= {"slos", "teams", "recordings"}


def is_policy(node: MappingNode) -> bool:
    """Whether it is a team's own rules for its alerts, and nothing else.

    A list is that of another program, such as the policies of Vault.
    """
    held = value_at(node, "policy")
    return (
        node.entries.keys() == {"policy"}
        and not isinstance(held, SequenceNode)
        and not _is_of_others(held, IN_SECTION["policy"])
    )


def _is_of_others(node: Node | None, known: Collection[str] | None) -> bool:
    """Whether a section has keys of which a spec knows less than half, as the settings of others have.

    A name does not count, as the project of every program has one.
    """
    if known is None or not isinstance(node, MappingNode):
        return False
    keys = node.entries.keys() - {"name"}
    return 2 * len(keys & set(known)) < len(keys)


def _names_parts(node: Node | None, known: Collection[str]) -> bool:
    """Whether a section maps names to what has the keys of its parts in a spec; others list hosts there."""
    if not isinstance(node, MappingNode):
        return False
    parts = [entry.value for entry in node.entries.values()]
    return not parts or any(
        isinstance(one, MappingNode) and bool(one.entries) and _mostly(one, known) for one in parts
    )


def rules_of(node: MappingNode) -> Iterator[MappingNode]:
    """The rules in the groups of a document."""
    for group in items_at(node, "groups"):
        for rule in items_at(group, "rules") if isinstance(group, MappingNode) else ():
            if isinstance(rule, MappingNode):
                yield rule


def value_at(node: MappingNode, key: str) -> Node | None:
    """The value of a key; None where there is no such key."""
    entry = node.entries.get(key)
    return None if entry is None else entry.value


def items_at(node: MappingNode, key: str) -> tuple[Node, ...]:
    """The items of a list under a key; none where there is no such list."""
    value = value_at(node, key)
    return value.items if isinstance(value, SequenceNode) else ()


def _is_section(node: Node | None) -> bool:
    return isinstance(node, MappingNode) or (isinstance(node, ScalarNode) and node.value is None)


def _mostly(node: MappingNode, known: Collection[str]) -> bool:
    """Whether at least half of the keys are known: with others, one key means nothing."""
    return 2 * len(node.entries.keys() & set(known)) >= len(node.entries)
