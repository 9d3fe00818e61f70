"""The words on dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping


@value_object
class DashboardWords:
    """The texts of the dashboards in one language; braces stand for what is filled in."""

    overview: str
    group: str
    groups: str
    groups_about: str
    one_alert: str
    many_alerts: str

    by_severity: str
    by_severity_about: str
    pending: str
    pending_about: str
    by_team: str
    by_team_about: str
    now: str
    now_about: str
    timeline: str
    timeline_about: str
    history: str
    history_about: str
    nothing_fires: str
    nothing_fired: str

    alerts: str
    alert: str
    severity: str
    team: str
    since: str

    firing: str
    """Name of the band that shows when one severity of an alert fired."""
    fires: str
    """What the band says at a time."""
    limit: str
    """Name of a series with which another one is compared."""
    series_of: str
    """Name of a series that counts those of a metric."""
    no_data: str
    no_lines: str
    """What an empty panel says of a log alert."""
    no_match: str
    """What an empty panel says of an alert that fires as soon as its query returns something."""
    well: str
    failing: str
    """What a value of 0 or 1 means to the alert."""
    value: str
    """What stands for the alert's value where a text has a template."""
    comparisons: Mapping[str, str]
    differently: str
    """The condition of a rule whose threshold cannot be told apart from its query."""
    joined: Mapping[str, str]
    """Two conditions, by the operator between them."""
    is_absent: str
    returns_something: str
    held: str
    at_once: str
    missing_data: str
    not_in_prometheus: str
    logs: str
    logs_about: str

    link_runbook: str
    link_runbooks: str
    link_rule: str
    link_rules: str
    link_query: str
    link_silence: str
    link_overview: str
    link_dashboards: str
    link_alertmanager: str


_EN = DashboardWords(
    overview="What fires now, what has fired, and the way to every dashboard and runbook.",
    group="What each alert of this group watches, its thresholds, and when it fired.",
    groups="Groups",
    groups_about="The dashboard of each group of alerts.",
    one_alert="{count} alert",
    many_alerts="{count} alerts",
    by_severity="Firing by severity",
    by_severity_about="How many alerts are firing, by severity. Alerts that Loki evaluates count only "
    "if Loki's ruler writes to this Prometheus (`ruler.remote_write`). A Prometheus that has not loaded "
    "the rules shows 0 as well.",
    pending="Pending",
    pending_about="How many alerts meet their condition, but not yet for as long as they have to.",
    by_team="Firing by team",
    by_team_about="How many alerts are firing, by the team that owns them.",
    now="Firing now",
    now_about="Each alert that is firing, the most urgent first, since when, and with which labels. Click "
    "its name for its runbook, rule and silence. Alerts that Loki evaluates are listed only if Loki's "
    "ruler writes to this Prometheus (`ruler.remote_write`); Alertmanager lists all.",
    timeline="What fired when",
    timeline_about="When each alert fired, in the colour of its most urgent severity at the time, and when "
    "nothing fired at all.",
    history="How many fired",
    history_about="How many alerts were firing over time, by severity.",
    nothing_fires="Nothing is firing",
    nothing_fired="Nothing fired",
    alerts="Alerts",
    alert="Alert",
    severity="Severity",
    team="Team",
    since="Active since",
    firing="firing: {severity}",
    fires="fired",
    limit="limit: {name}",
    series_of="series of {metric}",
    no_data="No data: the query returns no series",
    no_lines="No log lines match",
    no_match="Nothing meets the condition",
    well="OK",
    failing="failing",
    value="value",
    comparisons={
        ">": "above {limit}",
        ">=": "at least {limit}",
        "<": "below {limit}",
        "<=": "at most {limit}",
        "==": "equal to {limit}",
        "!=": "other than {limit}",
    },
    differently="as soon as the rule's expression returns something",
    joined={
        "and": "{left} and {right}",
        "or": "{left}, or {right}",
        "unless": "{left}, unless {right}",
    },
    is_absent="no series of {name}",
    returns_something="{name} returns something",
    held="{condition} for {duration}",
    at_once="{condition}, at once",
    missing_data="When data is missing",
    not_in_prometheus="Loki evaluates this alert: when it fired is shown here only if Loki's ruler writes to "
    "Prometheus (`ruler.remote_write`).",
    logs="{alert}: log lines",
    logs_about="The log lines behind the alert {alert}.",
    link_runbook="Runbook",
    link_runbooks="Runbooks",
    link_rule="Rule in Prometheus",
    link_rules="Rules in Prometheus",
    link_query="Query",
    link_silence="Silence",
    link_overview="Overview",
    link_dashboards="Dashboards",
    link_alertmanager="Alertmanager",
)

_PT_BR = DashboardWords(
    overview="O que está disparado agora, o que disparou, e o caminho para cada dashboard e runbook.",
    group="O que cada alerta deste grupo observa, seus limites e quando disparou.",
    groups="Grupos",
    groups_about="O dashboard de cada grupo de alertas.",
    one_alert="{count} alerta",
    many_alerts="{count} alertas",
    by_severity="Disparados por severidade",
    by_severity_about="Quantos alertas estão disparados neste momento, por severidade. Alertas avaliados "
    "pelo Loki só contam se o ruler do Loki escrever neste Prometheus (`ruler.remote_write`). Um "
    "Prometheus que não carregou as regras também mostra 0.",
    pending="Pendentes",
    pending_about="Quantos alertas já satisfazem a condição, mas ainda não pelo tempo exigido.",
    by_team="Disparados por equipe",
    by_team_about="Quantos alertas estão disparados neste momento, por equipe responsável.",
    now="Disparados agora",
    now_about="Cada alerta disparado neste momento, do mais ao menos urgente, desde quando e com quais "
    "labels. Clique no nome para ver o runbook, a regra e o silêncio. Alertas avaliados pelo Loki só "
    "aparecem se o ruler do Loki escrever neste Prometheus (`ruler.remote_write`); o Alertmanager mostra "
    "todos.",
    timeline="O que disparou e quando",
    timeline_about="Quando cada alerta esteve disparado, na cor da severidade mais urgente naquele "
    "momento, e quando nada disparou.",
    history="Quantos dispararam",
    history_about="Quantos alertas estavam disparados ao longo do tempo, por severidade.",
    nothing_fires="Nada disparado",
    nothing_fired="Nada disparou",
    alerts="Alertas",
    alert="Alerta",
    severity="Severidade",
    team="Equipe",
    since="Ativo desde",
    firing="disparado: {severity}",
    fires="disparou",
    limit="limite: {name}",
    series_of="séries de {metric}",
    no_data="Sem dados: a consulta não retorna nenhuma série",
    no_lines="Nenhuma linha de log corresponde",
    no_match="Nada satisfaz a condição",
    well="OK",
    failing="falha",
    value="valor",
    comparisons={
        ">": "acima de {limit}",
        ">=": "a partir de {limit}",
        "<": "abaixo de {limit}",
        "<=": "no máximo {limit}",
        "==": "igual a {limit}",
        "!=": "diferente de {limit}",
    },
    differently="assim que a expressão da regra retornar algo",
    joined={
        "and": "{left} e {right}",
        "or": "{left}, ou {right}",
        "unless": "{left}, exceto se {right}",
    },
    is_absent="nenhuma série de {name}",
    returns_something="{name} retorna algo",
    held="{condition} por {duration}",
    at_once="{condition}, imediatamente",
    missing_data="Quando faltam dados",
    not_in_prometheus="O Loki avalia este alerta: quando ele disparou só aparece aqui se o ruler do Loki "
    "escrever no Prometheus (`ruler.remote_write`).",
    logs="{alert}: linhas de log",
    logs_about="As linhas de log por trás do alerta {alert}.",
    link_runbook="Runbook",
    link_runbooks="Runbooks",
    link_rule="Regra no Prometheus",
    link_rules="Regras no Prometheus",
    link_query="Consulta",
    link_silence="Silenciar",
    link_overview="Visão geral",
    link_dashboards="Dashboards",
    link_alertmanager="Alertmanager",
)

WORDS: dict[str, DashboardWords] = {"en": _EN, "pt-BR": _PT_BR}
