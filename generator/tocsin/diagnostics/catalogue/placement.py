"""Messages about where rules are evaluated: in each cluster, or once over all of them."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import error


def _example(first: str, second: str, environments: str) -> str:
    """A spec with two groups."""
    return f"""
            environments: {{{environments}}}
            groups:
              web:
                title: Web
                {first}alerts:
                  Errors:
                    promql: sum by (shop) (rate(errors_total[5m]))
                    thresholds: {{warning: {{above: 2}}}}
              all:
                title: All clusters
                {second}alerts:
                  NoShops:
                    promql: sum(up{{job="shop"}})
                    thresholds: {{warning: {{below: 1}}}}
    """


_BOTH = "eu: {evaluator: cluster}, all: {evaluator: global}"
_CLUSTER, _GLOBAL = "evaluator: cluster\n                ", "evaluator: global\n                "
MESSAGES = (
    error(
        "placement/twice",
        f"""A group is evaluated in each cluster, and once more over all of them.

        Why:
            The Prometheus over all clusters has the series of each, so the group's alerts fire twice: people
            are notified twice, or by two Alertmanagers.

        Fix:
            Write `evaluator: cluster` or `evaluator: global` in the group.

        Bad:{_example("", _GLOBAL, _BOTH)}
        Good:{_example(_CLUSTER, _GLOBAL, _BOTH)}
        """,
    ),
    error(
        "placement/nowhere",
        f"""No environment evaluates a group.

        Why:
            The group says that it is evaluated in each cluster, or over all of them, and no environment is
            such a place: its alerts never fire.

        Fix:
            Correct the `evaluator` of the group, or write it in the environment that has this place.

        Bad:{_example(_CLUSTER, _GLOBAL, "eu: {evaluator: cluster}")}
        Good:{_example(_CLUSTER, _GLOBAL, _BOTH)}
        """,
    ),
    error(
        "placement/apart",
        f"""An alert depends on one that is evaluated elsewhere.

        Why:
            Each environment has a configuration of its own, with the inhibitions of its alerts. One between
            alerts of two places is in none of them, so that both alerts notify people.

        Fix:
            Give both groups one evaluator. Where one Alertmanager has the alerts of all places, write the
            inhibition under `routing.inhibitions`.

        Bad:{_example(_CLUSTER, _GLOBAL, _BOTH).rstrip()}
                    depends_on: [{{alert: Errors, equal: []}}]

        Good:{_example(_CLUSTER, _CLUSTER, _BOTH).rstrip()}
                    depends_on: [{{alert: Errors, equal: []}}]
        """,
    ),
)
