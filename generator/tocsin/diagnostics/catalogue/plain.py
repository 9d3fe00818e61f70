"""Messages about files that a team already has: rule files and what is read with them."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import accepted, error
from tocsin.diagnostics.model import Level

MESSAGES = (
    error(
        "file/comment",
        """A comment that begins with `tocsin:` says nothing that Tocsin understands.

        Why:
            The finding that it should allow is shown all the same.

        Fix:
            Write `# tocsin: allow CHECK: reason`, or `# tocsin: allow CHECK until 2030-12-31: reason`.

        Bad:
            # tocsin: ignore rule/for-interval
            - alert: Down
              expr: up == 0

        Good:
            # The job is slow.
            - alert: Down
              expr: up == 0
        """,
    ),
    accepted(
        "file/duration",
        Level.ERROR,
        """A value is not a duration that Prometheus reads.

        Why:
            Prometheus does not load a rule file with such a value.

        Fix:
            Write a whole number with `ms`, `s`, `m`, `h`, `d`, `w` or `y`, such as `5m` or `1h30m`.

        Bad:
            - alert: Down
              expr: up == 0
              for: 5 minutes

        Good:
            - alert: Down
              expr: up == 0
              for: 5m
        """,
    ),
    accepted(
        "file/empty-value",
        Level.WARNING,
        """A value starts with `#`, which makes it a comment: its key holds nothing.

        Why:
            The program that reads the file takes the key as if it were not there.

        Fix:
            Put the value in quotes.

        Bad:
            - alert: Down
              expr: up == 0
              labels:
                channel: #shop

        Good:
            - alert: Down
              expr: up == 0
              labels:
                channel: "#shop"
        """,
    ),
    accepted(
        "file/unquoted",
        Level.WARNING,
        """A label or annotation in an object for Kubernetes is a number or a boolean.

        Why:
            The definition of the object has strings there: `kubectl apply` and the API refuse it, unless the
            mutating webhook of the Prometheus operator makes a string of it. Rule files that Prometheus
            reads itself have no such limit.

        Fix:
            Put the value in quotes.

        Bad:
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata: {name: web}
            spec:
              groups:
                - name: web
                  rules: [{alert: Down, expr: up, labels: {priority: 1}}]

        Good:
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata: {name: web}
            spec:
              groups:
                - name: web
                  rules: [{alert: Down, expr: up, labels: {priority: "1"}}]
        """,
    ),
    error(
        "file/encoding",
        """A file is not encoded in UTF-8.

        Why:
            Its letters cannot be known, so nothing in it is read.

        Fix:
            Save the file as UTF-8; `iconv -f latin1 -t utf-8` converts it on the command line.
        """,
    ),
    accepted(
        "file/foreign-key",
        Level.INFO,
        """A key belongs to another system than Prometheus; it is kept and not judged.

        Why:
            Prometheus itself would refuse the file.

        Fix:
            Nothing has to be done if the file is for the system that is named.

        Bad:
            groups:
              - name: example
                source_tenants: [web]
                rules:
                  - alert: Down
                    expr: up == 0

        Good:
            groups:
              - name: example
                rules:
                  - alert: Down
                    expr: up == 0
        """,
    ),
    accepted(
        "file/group",
        Level.ERROR,
        """A rule group has no name, the name of another group of its file, or stands among rules.

        Why:
            Prometheus does not load the file.

        Fix:
            Give each group of a file a name of its own, and write it as an item of `groups:`.

        Bad:
            groups:
              - name: web
                rules: [{alert: Down, expr: up == 0}]
              - name: web
                rules: [{alert: Slow, expr: latency_seconds > 2}]

        Good:
            groups:
              - name: web
                rules: [{alert: Down, expr: up == 0}]
              - name: latency
                rules: [{alert: Slow, expr: latency_seconds > 2}]
        """,
    ),
    error(
        "file/kind",
        """A file holds nothing that Tocsin reads.

        Why:
            Nothing in it is checked. It is mentioned where it was named, and an error where no other file
            could be read either.

        Fix:
            Name rule files, PrometheusRule and AlertmanagerConfig resources, configurations of Alertmanager
            and Prometheus, or Grafana dashboards; or name only the folder.

        Bad:
            kind: Deployment

        Good:
            groups:
              - name: web
                rules: [{alert: Down, expr: up == 0}]
        """,
    ),
    error(
        "file/not-read",
        """Alerting was found that is not read, for the reason that is given, and no other file could be.

        Why:
            Nothing is checked. Beside files that are read, only the line at the end says what is not read,
            and why.

        Fix:
            Render a template, or generate the rules of an SLO, and name what comes out; of what another
            program evaluates, such as Grafana-managed rules, nothing can be checked here.

        Bad:
            apiVersion: 1
            groups:
              - orgId: 1
                name: web
                folder: shop
                interval: 1m
                rules: [{uid: a, title: Down, condition: A, data: [{refId: A}]}]

        Good:
            groups:
              - name: web
                rules: [{alert: Down, expr: up == 0}]
        """,
    ),
    accepted(
        "file/logql",
        Level.ERROR,
        """Loki refuses an expression.

        Why:
            Loki's ruler does not load a file with a faulty expression, not even its other rules.

        Fix:
            Correct the part that is underlined.

        Bad:
            - alert: Errors
              expr: sum(count_over_time({app="web"} |= "error" [5m)) > 5

        Good:
            - alert: Errors
              expr: sum(count_over_time({app="web"} |= "error" [5m])) > 5
        """,
    ),
    accepted(
        "file/promql",
        Level.ERROR,
        """Prometheus refuses an expression.

        Why:
            Prometheus does not load a rule file with a faulty expression, not even its other rules.

        Fix:
            Correct the part that is underlined.

        Bad:
            - alert: Errors
              expr: sum(rate(errors_total[5m]) > 1

        Good:
            - alert: Errors
              expr: sum(rate(errors_total[5m])) > 1
        """,
    ),
    accepted(
        "file/refused-key",
        Level.ERROR,
        """A plain rule file has a key that neither Prometheus nor another known system reads.

        Why:
            Prometheus does not load a rule file with an unknown key, and neither does vmalert (`XXX` in its
            `config.Group`), which has some of its own.

        Fix:
            Remove the key, or write what it says as a comment. A YAML anchor belongs where the value is used
            first.

        Bad:
            groups:
              - name: example
                rules:
                  - alert: Down
                    expr: up == 0
                    owner: web

        Good:
            groups:
              - name: example
                rules:
                  - alert: Down
                    expr: up == 0
                    labels: {owner: web}
        """,
    ),
    accepted(
        "file/rule",
        Level.ERROR,
        """Prometheus refuses a rule.

        Why:
            Prometheus does not load a file with such a rule, not even its other rules.

        Fix:
            Correct the rule as the message says: it has `expr` and exactly one of `alert` and `record`; a
            recording rule has neither `for` nor annotations.

        Bad:
            - record: job:errors:rate5m
              expr: sum by (job) (rate(errors_total[5m]))
              for: 5m

        Good:
            - record: job:errors:rate5m
              expr: sum by (job) (rate(errors_total[5m]))
        """,
    ),
    error(
        "file/template",
        """A file is a template, such as one of a Helm chart, and has to be rendered first.

        Why:
            It is YAML only once the chart is rendered with its values. In a folder with files that are read,
            only the line at the end says so.

        Fix:
            Run `helm template CHART > rendered.yaml` and check what comes out.

        Bad:
            groups:
            {{- if .Values.web }}
              - name: web
            {{- end }}

        Good:
            groups:
              - name: web
                rules: [{alert: Down, expr: up == 0}]
        """,
    ),
    error(
        "file/unreadable",
        """A file with notification templates cannot be read.

        Why:
            What it defines is not known, so templates that use it cannot be checked.

        Fix:
            Save the file as UTF-8, and check that it may be read.
        """,
    ),
    accepted(
        "file/type",
        Level.ERROR,
        """A value is of another type than its key takes.

        Why:
            Prometheus does not load the file.

        Fix:
            Write the value as the message says.

        Bad:
            - alert: Down
              expr: up == 0
              labels: [critical]

        Good:
            - alert: Down
              expr: up == 0
              labels: {severity: critical}
        """,
    ),
    accepted(
        "file/unknown-key",
        Level.ERROR,
        """A key looks like a misspelt one, or was not indented: Prometheus refuses it.

        Why:
            Prometheus does not load a rule file with an unknown key, and neither does vmalert (`XXX` in its
            `config.Group`), which has some of its own.

        Fix:
            Write the key that is suggested, or the text where it belongs.

        Bad:
            - alert: Down
              expr: up == 0
              label: {severity: critical}

        Good:
            - alert: Down
              expr: up == 0
              labels: {severity: critical}
        """,
    ),
    error(
        "file/yaml",
        """A file is not valid YAML.

        Why:
            What follows the fault cannot be read with certainty.

        Fix:
            Correct the line that is shown.

        Bad:
            groups:
              - name: "web
                rules: []

        Good:
            groups:
              - name: "web"
                rules: [{alert: Down, expr: up == 0}]
        """,
    ),
)
