"""Messages about values of a spec with a form of their own: durations, queries, times, addresses."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import error

MESSAGES = (
    error(
        "spec/promql",
        """Prometheus refuses an expression of the spec.

        Why:
            Prometheus does not load a rule file with a faulty expression, not even its other rules.

        Fix:
            Correct the part that is underlined.

        Bad:
            promql: sum(rate(errors_total[5m])
            thresholds: {warning: {above: 2}}

        Good:
            promql: sum(rate(errors_total[5m]))
            thresholds: {warning: {above: 2}}
        """,
    ),
    error(
        "spec/logql",
        """Loki refuses an expression of the spec.

        Why:
            Loki's ruler does not load a file with a faulty expression, not even its other rules.

        Fix:
            Correct the part that is underlined. A rule needs a metric query, such as
            `sum(count_over_time({app="web"} |= "error" [5m]))`.

        Bad:
            logql: count_over_time({app="web" |= "error" [5m])
            thresholds: {warning: {above: 2}}

        Good:
            logql: count_over_time({app="web"} |= "error" [5m])
            thresholds: {warning: {above: 2}}
        """,
    ),
    error(
        "spec/quantity",
        """A threshold or limit is not a quantity, or not one in the unit of its alert.

        Why:
            The number in the rule would be another one than the author meant.

        Fix:
            Write a plain number in the alert's `unit`, or a number with a unit of the same kind, such as
            `500ms`, `2s`, `90%` or `1.5GiB`.

        Bad:
            promql: max(latency_seconds)
            unit: seconds
            thresholds: {warning: {above: 5%}}

        Good:
            promql: max(latency_seconds)
            unit: seconds
            thresholds: {warning: {above: 500ms}}
        """,
    ),
    error(
        "spec/duration",
        """A value is not a duration that its program reads.

        Why:
            Prometheus and Alertmanager refuse a file with a duration that they cannot read.

        Fix:
            Write a whole number with `ms`, `s`, `m`, `h`, `d`, `w` or `y`, the greater units first, such as
            `5m` or `1h30m`. A few keys of Alertmanager do not know `d`, `w` and `y`: write hours there.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2, for: 5 minutes}}

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2, for: 5m}}
        """,
    ),
    error(
        "spec/date",
        """A value is not a date.

        Why:
            Until when something is accepted could not be known.

        Fix:
            Write the year, month and day, such as `2027-12-31`.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            allow: {alert/no-condition: {reason: known, until: next summer}}

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
        """,
    ),
    error(
        "spec/time",
        """A value is not a time.

        Why:
            A routing test is tried at this time, so it has to be exact.

        Fix:
            Write it in ISO 8601, such as `2026-12-24T23:00`; the time zone belongs under `tz`.

        Bad:
            routing:
              catch_all: all
              tests: [{at: Monday at nine, receivers: [all]}]

        Good:
            routing:
              catch_all: all
              tests: [{at: "2026-12-24T23:00", receivers: [all]}]
        """,
    ),
    error(
        "spec/time-interval",
        """A part of a time interval is not one that Alertmanager reads.

        Why:
            Alertmanager does not load a configuration with a faulty time interval.

        Fix:
            Ranges are written with a colon: `monday:friday`, `1:15`, `january:march`, `2026:2027`. A range of
            times ends on the same day: over midnight, write two ranges.

        Bad:
            routing:
              catch_all: all
              time_intervals:
                office: [{weekdays: [monday-friday]}]

        Good:
            routing:
              catch_all: all
              time_intervals:
                office: [{weekdays: ["monday:friday"]}]
        """,
    ),
    error(
        "spec/time-zone",
        """A value is not a time zone of the IANA database.

        Why:
            Alertmanager does not load a configuration with an unknown location. Abbreviations such as `CEST`
            are not locations, as they do not say when clocks change.

        Fix:
            Write the location by continent and city, such as `Europe/Berlin`, or `UTC`.

        Bad:
            routing:
              catch_all: all
              time_intervals:
                office: [{weekdays: [monday], location: CEST}]

        Good:
            routing:
              catch_all: all
              time_intervals:
                office: [{weekdays: [monday], location: Europe/Berlin}]
        """,
    ),
    error(
        "spec/matcher",
        """A matcher cannot be read.

        Why:
            Alertmanager does not load a configuration with a faulty matcher.

        Fix:
            Write the label's name, one of `=`, `!=`, `=~` and `!~`, and the value in double quotes.

        Bad:
            routing:
              catch_all: all
              routes: [{matchers: ['team=="web"']}]

        Good:
            routing:
              catch_all: all
              routes: [{matchers: ['team="web"']}]
        """,
    ),
    error(
        "spec/regex",
        """A value is not a valid regular expression in RE2's syntax.

        Why:
            Prometheus and Alertmanager use RE2, which knows neither look-around nor back references.

        Fix:
            Correct the part that is underlined; special characters that are meant literally need a
            backslash.

        Bad:
            policy:
              alert_name: "(Shop.*"

        Good:
            policy:
              alert_name: "Shop.*"
        """,
    ),
    error(
        "spec/burn-windows",
        """What is to be spent of an error budget, and in which time, cannot be read.

        Why:
            A burn-rate alert compares how fast the budget burns in a long window and in a short one.

        Fix:
            Write the share of the budget and the long window, `2% in 1h`, or a burn rate, `14.4x in 1h`. The
            short window is a twelfth of the long one, at least 5m, or written behind it:
            `2% in 1h and 5m`.

        Bad:
            slos:
              answered:
                title: Requests are answered
                objective: 99.5%
                window: 30d
                ratio:
                  bad: sum(rate(failed_total[30d]))
                  total: sum(rate(all_total[30d]))
                burn:
                  page: {severity: critical, spent: [2% per 1h]}

        Good:
            slos:
              answered:
                title: Requests are answered
                objective: 99.5%
                window: 30d
                ratio:
                  bad: sum(rate(failed_total[30d]))
                  total: sum(rate(all_total[30d]))
                burn:
                  page: {severity: critical, spent: [2% in 1h]}
        """,
    ),
    error(
        "spec/objective",
        """An SLO's objective is not a share between 0 % and 100 %.

        Why:
            The error budget is what remains up to 100 %, so it has to be more than nothing.

        Fix:
            Write a percentage, such as `99.5%`.

        Bad:
            slos:
              answered:
                title: Requests are answered
                objective: 100%
                window: 30d
                ratio:
                  good: sum(increase(good_total[30d]))
                  total: sum(increase(all_total[30d]))

        Good:
            slos:
              answered:
                title: Requests are answered
                objective: 99.5%
                window: 30d
                ratio:
                  good: sum(increase(good_total[30d]))
                  total: sum(increase(all_total[30d]))
        """,
    ),
    error(
        "spec/series",
        """A series of a test cannot be read.

        Why:
            promtool would refuse the unit test that is made of it.

        Fix:
            Write a metric name and its labels, such as `up{job="web"}`.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - series: {"latency_seconds{job=web}": "3x10"}

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - series: {'latency_seconds{job="web"}': "3x10"}
        """,
    ),
    error(
        "spec/samples",
        """The samples of a test cannot be read.

        Why:
            promtool would refuse the unit test that is made of them.

        Fix:
            Write them in promtool's notation: `1 2 3`, `0+10x60` (0, 10, … in 60 steps), `5x10` (5,
            repeated), `_` for a gap, `stale` for the end of a series.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - series: {latency_seconds: "3 times 10"}

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - series: {latency_seconds: "3x10"}
        """,
    ),
    error(
        "spec/limits",
        """A lower limit of a policy is greater than its upper limit.

        Why:
            No value could meet both.

        Fix:
            Exchange the two, or remove one.

        Bad:
            policy:
              for: {warning: {minimum: 10m, maximum: 5m}}

        Good:
            policy:
              for: {warning: {minimum: 5m, maximum: 10m}}
        """,
    ),
    error(
        "spec/group-by",
        """A `group_by` names a label twice, or `...` together with other labels.

        Why:
            Alertmanager does not load such a configuration.

        Fix:
            Name each label once; `[...]` alone groups by all labels.

        Bad:
            routing:
              catch_all: all
              group_by: [alertname, team, alertname]

        Good:
            routing:
              catch_all: all
              group_by: [alertname, team]
        """,
    ),
    error(
        "spec/address",
        """A value is not a URL, or not the address of a mail server.

        Why:
            Alertmanager does not load a configuration with such an address, and links to it lead nowhere.

        Fix:
            A URL begins with `http://` or `https://` and names a host; a mail server is written `host:port`.

        Bad:
            project:
              name: shop
              title: Shop
              urls: {prometheus: "prometheus:9090"}

        Good:
            project:
              name: shop
              title: Shop
              urls: {prometheus: "http://prometheus:9090"}
        """,
    ),
    error(
        "spec/file-path",
        """The path of a file is missing.

        Why:
            Alertmanager reads the secret from this file.

        Fix:
            Write the path on the machine where Alertmanager runs, such as `/etc/alertmanager/secrets/slack`.

        Bad:
            receivers:
              all: {pagerduty: [{routing_key_file: " "}]}

        Good:
            receivers:
              all: {pagerduty: [{routing_key_file: /etc/secrets/pagerduty}]}
        """,
    ),
    error(
        "spec/secret",
        """The spec contains a secret in plain text.

        Why:
            The spec and the generated files are committed: everybody who can read the repository could
            use the secret.

        Fix:
            Put the secret into a file on the machine where Alertmanager runs, and write its path under the
            key that ends with `_file`. Replace a secret that has been committed.

        Bad:
            receivers:
              all: {pagerduty: [{routing_key: 0123456789abcdef}]}

        Good:
            receivers:
              all: {pagerduty: [{routing_key_file: /etc/secrets/pagerduty}]}
        """,
    ),
    error(
        "spec/variable",
        """A value has an environment variable in it.

        Why:
            Alertmanager does not expand variables: it would use the string as it is written.

        Fix:
            Write the value itself, or for a secret the path of the file that holds it.

        Bad:
            receivers:
              all: {webhook: [{url: "http://${HOST}/alerts"}]}

        Good:
            receivers:
              all: {webhook: [{url: "http://hooks.example/alerts"}]}
        """,
    ),
    error(
        "spec/integration",
        """The keys of an integration do not go together.

        Why:
            Alertmanager refuses the configuration, or would ignore one of the keys.

        Fix:
            Change the keys as the message says.

        Bad:
            receivers:
              all:
                email:
                  - to: ops@example.com
                    from: alerts@example.com
                    smarthost: mail.example.com:587
                    tls_config: {cert_file: /etc/alertmanager/client.pem}

        Good:
            receivers:
              all:
                email:
                  - to: ops@example.com
                    from: alerts@example.com
                    smarthost: mail.example.com:587
                    tls_config:
                      cert_file: /etc/alertmanager/client.pem
                      key_file: /etc/alertmanager/client.key
        """,
    ),
)
