"""The words of runbooks."""

from __future__ import annotations

from tocsin.value_object import value_object


@value_object
class RunbookWords:
    """What the pages say around the author's own texts; `{}` stands for what is filled in."""

    runbooks: str
    made_by: str
    contents: str
    by_severity: str
    by_group: str
    alert: str
    severity: str
    summary: str
    team: str
    steps: str
    written: str
    unwritten: str
    elsewhere: str
    runbook_elsewhere: str
    nothing_here: str
    procedures: str
    escalation: str
    level: str
    when: str
    receiver: str
    channels: str
    links: str
    index: str
    panel: str
    dashboard: str
    overview: str
    query: str
    run_query: str
    rule: str
    silence: str
    fires: str
    who: str
    told: str
    more_ways: str
    first: str
    again: str
    only_in: str
    not_in: str
    respond: str
    act: str
    resolve: str
    mttr: str
    what: str
    impact: str
    diagnosis: str
    still_to_write: str
    start_here: str
    step: str
    actions: str
    action: str
    success: str
    prevention: str
    after_incident: str
    missing_data: str
    related: str
    around: str
    silenced_by_severity: str
    silenced_by: str
    silences: str
    anywhere: str
    same: str
    watched: str
    log_lines: str
    condition: str
    comparisons: dict[str, str]
    holds: str
    for_: str
    keeps: str
    evaluated: str
    template: str


WORDS: dict[str, RunbookWords] = {
    "en": RunbookWords(
        runbooks="Runbooks",
        made_by="Made by Tocsin from the spec; change the spec instead of this page.",
        contents="Contents",
        by_severity="Alerts by severity",
        by_group="Alerts by group",
        alert="Alert",
        severity="Severity",
        summary="Summary",
        team="Team",
        steps="Steps",
        written="written",
        unwritten="to be written",
        elsewhere="elsewhere",
        runbook_elsewhere="The runbook of this alert",
        nothing_here="No alerts.",
        procedures="Procedures",
        escalation="Escalation",
        level="Level",
        when="When",
        receiver="Told through",
        channels="Channels",
        links="Useful links",
        index="All runbooks",
        panel="Panel",
        dashboard="Dashboard",
        overview="Overview",
        query="Query",
        run_query="Run it",
        rule="Rule",
        silence="Silence",
        fires="When it fires",
        who="Who is told",
        told="Receiver",
        more_ways="Its labels allow more ways through the routes than are listed here.",
        first="First after",
        again="Again every",
        only_in="only in {}",
        not_in="not in {}",
        respond="Response targets",
        act="first action within {}",
        resolve="resolved within {} more",
        mttr="mean time to resolve {}",
        what="What has happened",
        impact="Impact",
        diagnosis="Diagnosis",
        still_to_write=(
            "**Nobody has written the steps of the diagnosis yet.** What the spec knows stands below."
        ),
        start_here="Start with what the alert itself watches:",
        step="Step {}",
        actions="Actions",
        action="Action {}",
        success="It is over when",
        prevention="Prevention",
        after_incident="After the incident",
        missing_data="When the data is missing",
        related="Related alerts",
        around="Around this alert",
        silenced_by_severity="`{}` stays silent while `{}` fires",
        silenced_by="Silent while {} fires",
        silences="Silences {}",
        anywhere="anywhere",
        same="with the same {}",
        watched="What is watched",
        log_lines="The log lines behind it:",
        condition="Fires when",
        comparisons={
            ">": "above",
            ">=": "at least",
            "<": "below",
            "<=": "at most",
            "==": "equal to",
            "!=": "other than",
        },
        holds="the expression returns something",
        for_="for {}",
        keeps="goes on for {} after it has ended",
        evaluated="Group `{}`, evaluated by {}",
        template="Template",
    ),
    "pt-BR": RunbookWords(
        runbooks="Runbooks",
        made_by="Gerado pelo Tocsin a partir da spec; altere a spec, não esta página.",
        contents="Índice",
        by_severity="Alertas por severidade",
        by_group="Alertas por grupo",
        alert="Alerta",
        severity="Severidade",
        summary="Resumo",
        team="Equipe",
        steps="Passos",
        written="escritos",
        unwritten="a escrever",
        elsewhere="em outro lugar",
        runbook_elsewhere="O runbook deste alerta",
        nothing_here="Nenhum alerta.",
        procedures="Procedimentos",
        escalation="Escalonamento",
        level="Nível",
        when="Quando",
        receiver="Avisado por",
        channels="Canais",
        links="Links úteis",
        index="Todos os runbooks",
        panel="Painel",
        dashboard="Dashboard",
        overview="Visão geral",
        query="Consulta",
        run_query="Executar",
        rule="Regra",
        silence="Silenciar",
        fires="Quando dispara",
        who="Quem é avisado",
        told="Receptor",
        more_ways="Seus labels permitem mais caminhos pelas rotas do que os listados aqui.",
        first="Primeiro aviso após",
        again="Repete a cada",
        only_in="somente em {}",
        not_in="exceto em {}",
        respond="Tempos de resposta",
        act="primeira ação em {}",
        resolve="resolvido em mais {}",
        mttr="MTTR {}",
        what="O que aconteceu",
        impact="Impacto",
        diagnosis="Diagnóstico",
        still_to_write=(
            "**Ninguém escreveu ainda os passos do diagnóstico.** O que a spec sabe está abaixo."
        ),
        start_here="Comece pelo que o próprio alerta observa:",
        step="Passo {}",
        actions="Ações",
        action="Ação {}",
        success="Critérios de sucesso",
        prevention="Prevenção",
        after_incident="Depois do incidente",
        missing_data="Quando faltam os dados",
        related="Alertas relacionados",
        around="Em torno deste alerta",
        silenced_by_severity="`{}` fica em silêncio enquanto `{}` dispara",
        silenced_by="Em silêncio enquanto {} dispara",
        silences="Silencia {}",
        anywhere="em qualquer lugar",
        same="com os mesmos valores de {}",
        watched="O que é observado",
        log_lines="As linhas de log por trás dele:",
        condition="Dispara quando",
        comparisons={
            ">": "acima de",
            ">=": "a partir de",
            "<": "abaixo de",
            "<=": "no máximo",
            "==": "igual a",
            "!=": "diferente de",
        },
        holds="a expressão retorna algo",
        for_="por {}",
        keeps="continua por {} depois de terminar",
        evaluated="Grupo `{}`, avaliado por {}",
        template="Modelo",
    ),
}
