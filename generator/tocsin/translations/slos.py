"""The words of service level objectives in runbooks."""

from __future__ import annotations

from tocsin.value_object import value_object


@value_object
class SloWords:
    """What the pages say of an objective; `{}` stands for what is filled in."""

    title: str
    intro: str
    slo: str
    promised: str
    promise: str
    budget: str
    watched_by: str
    nobody: str
    team: str
    measured: str
    good_over: str
    within_over: str
    all_bad: str
    all_late: str
    kept_share: str
    kept_quantile: str


WORDS: dict[str, SloWords] = {
    "en": SloWords(
        title="Service level objectives",
        intro="What is promised, how much may go wrong, and which alerts watch it.",
        slo="SLO",
        promised="What is promised",
        promise="Promise",
        budget="Error budget",
        watched_by="Watched by",
        nobody="nobody",
        team="Team",
        measured="How it is measured",
        good_over="**{}** good over {}",
        within_over="**{} within {}** over {}",
        all_bad="{} bad, as much as {} in which all is bad",
        all_late="{} slower, as much as {} in which all is too slow",
        kept_share="Kept while this is at least {}:",
        kept_quantile="Kept while this is at most {}:",
    ),
    "pt-BR": SloWords(
        title="Objetivos de nível de serviço (SLOs)",
        intro="O que foi prometido, quanto pode dar errado e quais alertas vigiam.",
        slo="SLO",
        promised="O que foi prometido",
        promise="Promessa",
        budget="Error budget",
        watched_by="Vigiado por",
        nobody="ninguém",
        team="Equipe",
        measured="Como é medido",
        good_over="**{}** com sucesso em {}",
        within_over="**{} em até {}** em {}",
        all_bad="{} com falha, o mesmo que {} com tudo falhando",
        all_late="{} acima do limite, o mesmo que {} com tudo lento",
        kept_share="Cumprido enquanto isto for no mínimo {}:",
        kept_quantile="Cumprido enquanto isto for no máximo {}:",
    ),
}
