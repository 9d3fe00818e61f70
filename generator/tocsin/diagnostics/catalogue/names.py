"""Messages about names in a spec: how they are written, what they refer to, and where they meet."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import error

MESSAGES = (
    error(
        "spec/name",
        """A name has characters that it may not have.

        Why:
            Names become label values, file names and ids, where only some characters are safe.

        Fix:
            Use letters, digits and the characters that the message names. Texts for people stand under
            `title`, `summary` and `description`.

        Bad:
            teams:
              web team: {title: Web}

        Good:
            teams:
              web-team: {title: Web}
        """,
    ),
    error(
        "spec/placeholder",
        """A placeholder such as `${service}` names no label of the members of `for_each`.

        Why:
            Nothing is put in its place: the query would look for the placeholder itself, and the message
            would show it.

        Fix:
            Write the label as it stands in the items of `for_each`, or give each item this label.

        Bad:
            promql: max(latency_seconds{service="${servce}"})
            thresholds: {warning: {above: 2}}
            for_each: [{labels: {service: checkout}}]

        Good:
            promql: max(latency_seconds{service="${service}"})
            thresholds: {warning: {above: 2}}
            for_each: [{labels: {service: checkout}}]
        """,
    ),
    error(
        "reference/alert",
        """An alert is referred to that the spec does not define.

        Why:
            A reference to something that does not exist is most often a misspelt name: the relation
            would silently not exist.

        Fix:
            Write the name as it is defined, or define it under the `alerts` of a group.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            related: [Erorrs]

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            related: [Errors]
        """,
    ),
    error(
        "reference/environment",
        """An environment is named that the spec does not define.

        Why:
            What is said of it would hold nowhere, and nobody would notice.

        Fix:
            Write the name as it stands under `environments:`, or define it there.

        Bad:
            environments: {production: {}, staging: {}}
            groups:
              web:
                title: Web
                alerts:
                  Errors:
                    promql: rate(errors_total[5m])
                    thresholds: {warning: {above: 2}}
                    tests: [{in: stagin, fires: false, series: {errors_total: "0x20"}}]

        Good:
            environments: {production: {}, staging: {}}
            groups:
              web:
                title: Web
                alerts:
                  Errors:
                    promql: rate(errors_total[5m])
                    thresholds: {warning: {above: 2}}
                    tests: [{in: staging, fires: false, series: {errors_total: "0x20"}}]
        """,
    ),
    error(
        "reference/receiver",
        """A receiver is referred to that the spec does not define.

        Why:
            A reference to something that does not exist is most often a misspelt name: Alertmanager
            refuses the whole configuration.

        Fix:
            Write the name as it is defined, or define it under `receivers`.

        Bad:
            routing: {catch_all: everybody}

        Good:
            routing: {catch_all: all}
        """,
    ),
    error(
        "reference/severity",
        """A severity is referred to that the spec does not define.

        Why:
            A reference to something that does not exist is most often a misspelt name: no route would
            take such an alert.

        Fix:
            Write the name as it is defined, or define it under `severities`.

        Bad:
            promql: max(latency_seconds)
            thresholds: {critcal: {above: 2}}

        Good:
            promql: max(latency_seconds)
            thresholds: {critical: {above: 2}}
        """,
    ),
    error(
        "reference/team",
        """A team is referred to that the spec does not define.

        Why:
            A reference to something that does not exist is usually a misspelt name: no team would own
            the alert.

        Fix:
            Write the name as it is defined, or define it under `teams`.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            team: web

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
        """,
    ),
    error(
        "reference/group",
        """An objective's alerts are to stand in a group that the spec does not define.

        Why:
            A reference to something that does not exist is usually a misspelt name: the alerts would stand
            on no dashboard.

        Fix:
            Write the name as it is defined under `groups`, or take `group` away: the alerts of objectives
            then have a group of their own, `slos`.

        Bad:
            slos:
              checkout:
                title: Checkouts succeed
                objective: 99.9%
                window: 30d
                ratio:
                  bad: sum(rate(checkouts_total{result="failed"}[30d]))
                  total: sum(rate(checkouts_total[30d]))
                burn: {page: critical}
                group: shop

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
        "reference/time-interval",
        """A time interval is referred to that the spec does not define.

        Why:
            A reference to something that does not exist is most often a misspelt name: Alertmanager
            refuses the whole configuration.

        Fix:
            Write the name as it is defined, or define it under `routing.time_intervals`.

        Bad:
            routing:
              catch_all: all
              time_intervals: {office: [{weekdays: ["monday:friday"]}]}
              routes: [{severity: warning, active_time_intervals: [ofice]}]

        Good:
            routing:
              catch_all: all
              time_intervals: {office: [{weekdays: ["monday:friday"]}]}
              routes: [{severity: warning, active_time_intervals: [office]}]
        """,
    ),
    error(
        "reference/action",
        """A step of a runbook refers to an action that the runbook does not have.

        Why:
            A reference to something that does not exist is most often a misspelt name: the reader of the
            page is sent to a section that is not there.

        Fix:
            Write the name as it is defined, or define it under `runbook.actions`.

        Bad:
            runbook:
              diagnosis:
                - text: Look at the logs.
                  findings: [{see: no space, action: clean}]
              actions: {clean-up: {title: Delete old files}}

        Good:
            runbook:
              diagnosis:
                - text: Look at the logs.
                  findings: [{see: no space, action: clean-up}]
              actions: {clean-up: {title: Delete old files}}
        """,
    ),
    error(
        "name/same-file",
        """Two names would give the same file or rule group.

        Why:
            On some systems `Down.md` and `down.md` are the same file: one page would overwrite the
            other.

        Fix:
            Choose names that differ in more than the case of their letters or their punctuation.

        Bad:
            procedures:
              restart: {title: Restart}
              Restart: {title: Restart again}

        Good:
            procedures:
              restart: {title: Restart}
              restart-again: {title: Restart again}
        """,
    ),
    error(
        "name/not-on-windows",
        """A name would become the name of a file that Windows does not allow.

        Why:
            Windows keeps names such as `con`, `nul` and `com1` for devices, with any ending. Whoever
            works there could not check out the generated files.

        Fix:
            Choose another name.

        Bad:
            procedures:
              aux: {title: Start the auxiliary services}

        Good:
            procedures:
              auxiliary: {title: Start the auxiliary services}
        """,
    ),
    error(
        "severity/rank",
        """Two severities have the same rank.

        Why:
            The rank says which of two severities is the more urgent one, and so which one inhibits the
            other.

        Fix:
            Give each severity a rank of its own; 1 is the most urgent.

        Bad:
            severities:
              critical: {rank: 1, title: Critical}
              warning: {rank: 1, title: Warning}

        Good:
            severities:
              critical: {rank: 1, title: Critical}
              warning: {rank: 2, title: Warning}
        """,
    ),
    error(
        "label/reserved",
        """A label is set in the spec that Tocsin sets itself.

        Why:
            Two values for one label: the author's would be ignored.

        Fix:
            Write the value under the key that is made for it: `severity`, `thresholds` or `team`.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            labels: {severity: page}

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            labels: {tier: backend}
        """,
    ),
    error(
        "annotation/reserved",
        """An annotation is set in the spec that Tocsin sets itself.

        Why:
            Two values for one annotation: the author's would be ignored.

        Fix:
            Write the value under the key that is made for it: `summary` or `description`.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            annotations: {summary: slow}

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            annotations: {note: slow}
        """,
    ),
)
