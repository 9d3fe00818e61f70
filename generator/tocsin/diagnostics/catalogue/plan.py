"""Messages about parts of a spec that are well formed and do not go together."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import error

MESSAGES = (
    error(
        "limit/size",
        """An object is larger than a cluster takes.

        Why:
            The Prometheus operator takes no PrometheusRule of more than 524,288 bytes, and Kubernetes no
            Secret of more than 1 MiB. It is refused: what stood there before goes on, or nothing does.

        Fix:
            Divide the group into several, or the spec. `tocsin limits` lists the largest of each kind. Groups
            that are small enough are divided among objects without your help.
        """,
    ),
    error(
        "inhibition/label",
        """An inhibition depends on a label that one of its alerts cannot have.

        Why:
            Alertmanager compares the label on both sides: it would never agree, so the inhibition never acts.

        Fix:
            Keep the label in the query, for example by `by (instance)`, or name labels that both alerts
            have. `equal: []` means anywhere.

        Bad:
            promql: sum(rate(errors_total[5m]))
            thresholds: {warning: {above: 1}, critical: {above: 5}}
            per: [instance]

        Good:
            promql: sum by (instance) (rate(errors_total[5m]))
            thresholds: {warning: {above: 1}, critical: {above: 5}}
            per: [instance]
        """,
    ),
    error(
        "inhibition/instances",
        """An alert has two severities, and nothing says which labels distinguish its instances.

        Why:
            The more urgent severity inhibits the other one. Without labels to compare, one instance that is
            worse would silence all the others.

        Fix:
            Write the labels under `per`, or aggregate the query `by (…)` them.

        Bad:
            promql: errors
            thresholds: {warning: {above: 1}, critical: {above: 5}}

        Good:
            promql: errors
            thresholds: {warning: {above: 1}, critical: {above: 5}}
            per: [instance]
        """,
    ),
    error(
        "inhibition/equal",
        """Nothing says in which labels two alerts have to agree, one of which depends on the other.

        Why:
            Without such labels, one alert anywhere would silence the other one everywhere.

        Fix:
            Write the labels: `depends_on: [{alert: HostDown, equal: [instance]}]`, or `equal: []` if
            anywhere is meant.

        Bad:
            groups:
              web:
                title: Web
                alerts:
                  Down:
                    summary: down
                    description: down
                    expr: up == 0
                    severity: critical
                  Slow:
                    summary: slow
                    description: slow
                    expr: latency_seconds > 2
                    severity: warning
                    depends_on: [Down]

        Good:
            groups:
              web:
                title: Web
                alerts:
                  Down:
                    summary: down
                    description: down
                    expr: up == 0
                    severity: critical
                  Slow:
                    summary: slow
                    description: slow
                    expr: latency_seconds > 2
                    severity: warning
                    depends_on: [{alert: Down, equal: [instance]}]
        """,
    ),
    error(
        "inhibition/circle",
        """Alerts depend on each other in a circle.

        Why:
            They would inhibit each other, so no notifications are sent for any of them.

        Fix:
            Remove one of the dependencies.

        Bad:
            groups:
              web:
                title: Web
                alerts:
                  Down:
                    summary: down
                    description: down
                    expr: up == 0
                    severity: critical
                    depends_on: [{alert: Slow, equal: [instance]}]
                  Slow:
                    summary: slow
                    description: slow
                    expr: latency_seconds > 2
                    severity: warning
                    depends_on: [{alert: Down, equal: [instance]}]

        Good:
            groups:
              web:
                title: Web
                alerts:
                  Down:
                    summary: down
                    description: down
                    expr: up == 0
                    severity: critical
                  Slow:
                    summary: slow
                    description: slow
                    expr: latency_seconds > 2
                    severity: warning
                    depends_on: [{alert: Down, equal: [instance]}]
        """,
    ),
    error(
        "spec/second-comparison",
        """A query already compares its value, and the thresholds would compare its result again.

        Why:
            The rule would act at another limit than the panel and the runbook name.

        Fix:
            Leave the comparison out of the query, or write the whole condition as `expr:` with a
            `severity:`, without `thresholds:`.

        Bad:
            promql: sum(rate(errors_total[5m])) > 5
            thresholds: {warning: {above: 1}}

        Good:
            promql: sum(rate(errors_total[5m]))
            thresholds: {warning: {above: 1}}
        """,
    ),
    error(
        "receiver/incomplete",
        """A channel lacks what neither it nor `project.alertmanager` says.

        Why:
            Alertmanager does not load a configuration in which, for example, mails have no server.

        Fix:
            Write the key at the channel, or the default for all channels under `project.alertmanager`.

        Bad:
            receivers:
              all: {email: [{to: ops@example.com}]}

        Good:
            receivers:
              all:
                email:
                  - to: ops@example.com
                    from: alerts@example.com
                    smarthost: "mail.example.com:25"
        """,
    ),
    error(
        "test/data",
        """A test of an alert has data of the wrong kind.

        Why:
            An alert on metrics reads samples, one on logs reads log lines: the test could not say anything.

        Fix:
            Write `series` for an alert on metrics, and `logs` for one on logs.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - logs: [{stream: {app: web}, line: slow}]

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - series: {latency_seconds: "3x10"}
        """,
    ),
    error(
        "test/severity",
        """A test of an alert names a severity that the alert does not have.

        Why:
            The test could never pass.

        Fix:
            Name one of the alert's severities, `true` for all of them, or `false` for none.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - series: {latency_seconds: "3x10"}
                fires: critical

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - series: {latency_seconds: "3x10"}
                fires: warning
        """,
    ),
    error(
        "tocsin/crash",
        """A check ended early because of a fault in Tocsin.

        Why:
            What the check would have found after that is not known.

        Fix:
            Please report it with the message. `--except CHECK` leaves the check out until it is fixed.
        """,
    ),
    error(
        "spec/burn-range",
        """An objective has burn-rate alerts, and its query has no range as long as its window.

        Why:
            Burn-rate alerts ask the same query of windows of several lengths. A range as long as the
            objective's window stands for each of them; any other range stays as it is.

        Fix:
            Write the window as the range.

        Bad:
            slos:
              checkout:
                title: Checkouts succeed
                objective: 99.9%
                window: 30d
                ratio:
                  bad: sum(rate(checkouts_total{result="failed"}[5m]))
                  total: sum(rate(checkouts_total[5m]))
                burn: {page: critical}

        Good:
            slos:
              checkout:
                title: Checkouts succeed
                objective: 99.9%
                window: 30d
                ratio:
                  bad: sum(rate(checkouts_total{result="failed"}[30d]))
                  total: sum(rate(checkouts_total[30d]))
                burn: {page: critical}
        """,
    ),
    error(
        "spec/burn",
        """The burn-rate alerts of an objective cannot be made of what is written.

        Why:
            A tier needs a severity and windows that fit into the objective's window; two tiers with one
            severity would be one rule; `at_least` needs events that can be counted.

        Fix:
            The finding says what is missing, and what to write.

        Bad:
            slos:
              checkout:
                title: Checkouts succeed
                objective: 99.9%
                window: 1d
                ratio:
                  bad: sum(rate(checkouts_total{result="failed"}[1d]))
                  total: sum(rate(checkouts_total[1d]))
                burn: {page: critical, ticket: warning}

        Good:
            slos:
              checkout:
                title: Checkouts succeed
                objective: 99.9%
                window: 1d
                ratio:
                  bad: sum(rate(checkouts_total{result="failed"}[1d]))
                  total: sum(rate(checkouts_total[1d]))
                burn:
                  page: critical
                  ticket: {severity: warning, spent: [50% in 12h]}
        """,
    ),
)
