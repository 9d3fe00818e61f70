"""The words of routing: drawn trees, and hours in which nobody is told."""

from __future__ import annotations

from tocsin.value_object import value_object


@value_object
class RoutingWords:
    """What pictures and pages of routing say; `{}` stands for what is filled in."""

    every_alert: str
    grouped: str
    one_group: str
    after: str
    changes: str
    again: str
    only_in: str
    not_in: str
    either: str
    goes_on: str
    more: str
    title: str
    tree: str
    read: str
    table: str
    with_labels: str
    inhibitions: str
    inhibitions_read: str
    source: str
    target: str
    equal: str
    gaps: str
    gaps_none: str
    gaps_read: str
    quiet: str
    all_day: str
    weekdays: tuple[str, ...]


ENGLISH = RoutingWords(
    every_alert="every alert",
    grouped="grouped by {}",
    one_group="one group",
    after="group_wait {}",
    changes="group_interval {}",
    again="repeat_interval {}",
    only_in="only in {}",
    not_in="not in {}",
    either="or",
    goes_on="continue",
    more="… {} more",
    title="Who is told of what",
    tree="The way through the routes",
    read=(
        "An alert takes the first route from above that fits, and goes on to the next ones only where it "
        "says so. Below that route it does the same again; where nothing fits, it stops, and that receiver "
        "is told."
    ),
    table="Alerts and receivers",
    with_labels="With labels",
    inhibitions="What keeps what quiet",
    inhibitions_read="While the first fires, nobody is told of the second, if they agree in the last.",
    source="Fires",
    target="Stays quiet",
    equal="With the same",
    gaps="Hours in which nobody is told",
    gaps_none="Somebody is told of every alert at any time.",
    gaps_read="By the clock of {}, in {}.",
    quiet="Nobody is told",
    all_day="all day",
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
)
WORDS: dict[str, RoutingWords] = {
    "en": ENGLISH,
    "pt-BR": RoutingWords(
        every_alert="todo alerta",
        grouped="agrupado por {}",
        one_group="um só grupo",
        after="após {}",
        changes="mudanças a cada {}",
        again="repete a cada {}",
        only_in="somente em {}",
        not_in="exceto em {}",
        either="ou",
        goes_on="e segue adiante",
        more="… mais {}",
        title="Quem é avisado de quê",
        tree="O caminho pelas rotas",
        read=(
            "Um alerta entra na primeira rota, de cima para baixo, que lhe serve, e só segue para as "
            "próximas onde ela o diz. Abaixo dessa rota vale o mesmo; onde nada serve, ele para, e aquele "
            "receptor é avisado."
        ),
        table="Alertas e receptores",
        with_labels="Com os labels",
        inhibitions="O que silencia o quê",
        inhibitions_read=(
            "Enquanto o primeiro dispara, ninguém é avisado do segundo, se coincidem na última coluna."
        ),
        source="Dispara",
        target="Fica em silêncio",
        equal="Com os mesmos",
        gaps="Horas em que ninguém é avisado",
        gaps_none="Alguém é avisado de cada alerta a qualquer hora.",
        gaps_read="Pelo relógio de {}, em {}.",
        quiet="Ninguém é avisado",
        all_day="o dia todo",
        weekdays=("seg", "ter", "qua", "qui", "sex", "sáb", "dom"),
    ),
}
