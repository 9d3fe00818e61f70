"""Messages about an Alertmanager configuration that a team already has."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import accepted
from tocsin.diagnostics.model import Level

MESSAGES = (
    accepted(
        "alertmanager/ambiguous-matcher",
        Level.WARNING,
        """Alertmanager's two parsers of matchers read a line differently.

        Why:
            Alertmanager reads each line with its UTF-8 parser and with the classic one. Where both read it
            and disagree, it uses what the classic one reads and logs "Matchers input has disagreement". In
            UTF-8 strict mode the matcher compares with another value: `\\b` is the edge of a word for the
            one, and a backspace for the other. A line without any matcher is logged as well.

        Fix:
            Write the line as the help shows it: both parsers read that alike.

        Bad:
            route:
              receiver: all
              routes: [{matchers: ['service=~"\\bweb"']}]
            receivers: [{name: all}]

        Good:
            route:
              receiver: all
              routes: [{matchers: ['service=~"\\\\bweb"']}]
            receivers: [{name: all}]
        """,
    ),
    accepted(
        "alertmanager/classic-matcher",
        Level.WARNING,
        """Only Alertmanager's classic parser reads a matcher.

        Why:
            Since 0.27 Alertmanager has a parser for matchers with any UTF-8 in names. A line that this one
            refuses is read by the classic parser, with a warning in the log at each load: "Alertmanager is
            moving to a new parser". In UTF-8 strict mode Alertmanager does not load the configuration. Most
            often a backslash is not doubled, or a value with spaces or braces has no quotes. Of a value
            without quotes the classic parser also strips a brace at the end.

        Fix:
            Put the value in double quotes and double each backslash.

        Bad:
            route:
              receiver: all
              routes: [{matchers: ['instance=~"web\\.example"']}]
            receivers: [{name: all}]

        Good:
            route:
              receiver: all
              routes: [{matchers: ['instance=~"web\\\\.example"']}]
            receivers: [{name: all}]
        """,
    ),
    accepted(
        "alertmanager/continue",
        Level.INFO,
        """The Prometheus operator overrides `continue: false` of an AlertmanagerConfig.

        Why:
            The operator sets `continue: true` on the first route of each resource, so that alerts reach the
            routes of other resources and of the base configuration as well. An alert that these take is
            notified there too.

        Fix:
            Remove the key. Where an alert may be notified only once, exclude it in the routes that follow.

        Bad:
            apiVersion: monitoring.coreos.com/v1alpha1
            kind: AlertmanagerConfig
            metadata: {name: web, namespace: shop}
            spec:
              route: {receiver: hook, continue: false}
              receivers:
                - name: hook
                  webhookConfigs: [{url: "http://hooks.example/web"}]

        Good:
            apiVersion: monitoring.coreos.com/v1alpha1
            kind: AlertmanagerConfig
            metadata: {name: web, namespace: shop}
            spec:
              route: {receiver: hook}
              receivers:
                - name: hook
                  webhookConfigs: [{url: "http://hooks.example/web"}]
        """,
    ),
    accepted(
        "alertmanager/deprecated",
        Level.INFO,
        """A key has a newer one, which can say more.

        Why:
            The old keys know only equality and regular expressions, and Alertmanager will drop them one day.

        Fix:
            Write the key that is named; both forms can be used together during a migration.

        Bad:
            route:
              receiver: all
              routes: [{match: {team: web}}]
            receivers: [{name: all}]

        Good:
            route:
              receiver: all
              routes: [{matchers: ['team="web"']}]
            receivers: [{name: all}]
        """,
    ),
    accepted(
        "alertmanager/null-receiver",
        Level.WARNING,
        """The receiver of a route is `null` without quotes, which is nothing in YAML.

        Why:
            A route without a receiver notifies that of the route above. Alerts that were to be dropped by a
            receiver called "null" reach people.

        Fix:
            Write `"null"`, the name of a receiver without integrations.

        Bad:
            route:
              receiver: all
              routes: [{matchers: ['alertname="Watchdog"'], receiver: null}]
            receivers: [{name: all}, {name: "null"}]

        Good:
            route:
              receiver: all
              routes: [{matchers: ['alertname="Watchdog"'], receiver: "null"}]
            receivers: [{name: all}, {name: "null"}]
        """,
    ),
    accepted(
        "alertmanager/key",
        Level.ERROR,
        """Alertmanager does not know a key.

        Why:
            Alertmanager does not load a configuration with an unknown key.

        Fix:
            Write the key that is suggested, or remove it.

        Bad:
            route: {reciever: all, receiver: all}
            receivers: [{name: all}]

        Good:
            route: {receiver: all}
            receivers: [{name: all}]
        """,
    ),
    accepted(
        "alertmanager/reference",
        Level.ERROR,
        """A receiver or time interval is referred to that the configuration does not define.

        Why:
            Alertmanager does not load such a configuration.

        Fix:
            Write the name as it is defined, or define it.

        Bad:
            route: {receiver: everybody}
            receivers: [{name: all}]

        Good:
            route: {receiver: all}
            receivers: [{name: all}]
        """,
    ),
    accepted(
        "alertmanager/root",
        Level.ERROR,
        """The top of the route tree lacks what it needs, or has what it may not have.

        Why:
            Alertmanager does not load such a configuration: the root takes every alert, so it has a receiver
            and neither matchers nor time intervals.

        Fix:
            Give the root a receiver, and move its conditions to a route below it.

        Bad:
            route: {receiver: all, matchers: ['team="web"']}
            receivers: [{name: all}]

        Good:
            route: {receiver: all, routes: [{matchers: ['team="web"']}]}
            receivers: [{name: all}]
        """,
    ),
    accepted(
        "alertmanager/rule",
        Level.ERROR,
        """Keys are missing, or do not go together.

        Why:
            Alertmanager does not load such a configuration.

        Fix:
            Change the keys as the message says.

        Bad:
            route: {receiver: all}
            receivers: [{name: all, email_configs: [{to: ops@example.com}]}]

        Good:
            global: {smtp_smarthost: "mail:587", smtp_from: alerts@example.com}
            route: {receiver: all}
            receivers: [{name: all, email_configs: [{to: ops@example.com}]}]
        """,
    ),
    accepted(
        "alertmanager/secret",
        Level.WARNING,
        """The configuration contains a secret in plain text.

        Why:
            Everybody who can read the file can use it.

        Fix:
            Put it into a file, and write the key that ends with `_file` with its path. Replace a secret that
            has been committed.

        Bad:
            route: {receiver: all}
            receivers:
              - name: all
                pagerduty_configs: [{routing_key: 0f1e2d3c4b5a69788796a5b4}]

        Good:
            route: {receiver: all}
            receivers:
              - name: all
                pagerduty_configs: [{routing_key_file: /etc/secrets/pagerduty}]
        """,
    ),
    accepted(
        "alertmanager/twice",
        Level.ERROR,
        """A name is defined twice.

        Why:
            Alertmanager does not load such a configuration.

        Fix:
            Rename or remove one of the two.

        Bad:
            route: {receiver: all}
            receivers: [{name: all}, {name: all}]

        Good:
            route: {receiver: all}
            receivers: [{name: all}]
        """,
    ),
    accepted(
        "alertmanager/type",
        Level.ERROR,
        """A value is of another type than its key takes.

        Why:
            Alertmanager does not load such a configuration.

        Fix:
            Write the value as the message says.

        Bad:
            route: {receiver: all, group_by: alertname}
            receivers: [{name: all}]

        Good:
            route: {receiver: all, group_by: [alertname]}
            receivers: [{name: all}]
        """,
    ),
    accepted(
        "alertmanager/value",
        Level.ERROR,
        """A value is not one that Alertmanager takes.

        Why:
            Alertmanager does not load such a configuration.

        Fix:
            Write the value as the message says.

        Bad:
            route: {receiver: all, group_wait: 30 seconds}
            receivers: [{name: all}]

        Good:
            route: {receiver: all, group_wait: 30s}
            receivers: [{name: all}]
        """,
    ),
    accepted(
        "alertmanager/split-item",
        Level.WARNING,
        """Two items of `slack_configs` look like one that a second `-` has split.

        Why:
            Each item is a message of its own. The one without an address goes to that of the global
            section, so everybody is notified twice, once without the channel or the text.

        Fix:
            Leave the second `-` out.

        Bad:
            global: {slack_api_url_file: /etc/secrets/slack}
            route: {receiver: all}
            receivers:
              - name: all
                slack_configs:
                  - api_url_file: /etc/secrets/shop
                  - channel: "#shop"

        Good:
            global: {slack_api_url_file: /etc/secrets/slack}
            route: {receiver: all}
            receivers:
              - name: all
                slack_configs:
                  - api_url_file: /etc/secrets/shop
                    channel: "#shop"
        """,
    ),
    accepted(
        "alertmanager/escaped",
        Level.WARNING,
        """A text of a receiver shows its braces instead of the label: it is escaped for Helm.

        Why:
            Helm takes the escape away where it reads a file. Alertmanager does so too, and people are
            shown `{{ .GroupLabels.alertname }}`.

        Fix:
            Write the template without the escape, or let Helm read the file.

        Bad:
            route: {receiver: all}
            receivers:
              - name: all
                slack_configs:
                  - api_url_file: /etc/secrets/slack
                    title: '{{ `{{ .GroupLabels.alertname }}` }}'

        Good:
            route: {receiver: all}
            receivers:
              - name: all
                slack_configs:
                  - api_url_file: /etc/secrets/slack
                    title: '{{ .GroupLabels.alertname }}'
        """,
    ),
    accepted(
        "alertmanager/variable",
        Level.WARNING,
        """A value is an environment variable or a placeholder, which Alertmanager does not fill in.

        Why:
            Alertmanager uses the string as it is written. In the values of a chart, which other tools fill
            in, only what Alertmanager would refuse is reported. What a script, Dockerfile, compose file,
            workflow or Terraform module of the repository replaces is not: `envsubst`, `sed`, `gomplate`,
            `templatefile` and the like, called with the file.

        Fix:
            Fill it in before Alertmanager reads the file, as with `envsubst`; for a secret, write
            the key that ends with `_file`. Where a script names the variables that it fills in, as in
            `envsubst '$A $B'`, add this one.

        Bad:
            route: {receiver: all}
            receivers:
              - name: all
                pagerduty_configs: [{routing_key: "${PAGERDUTY_KEY}"}]

        Good:
            route: {receiver: all}
            receivers:
              - name: all
                pagerduty_configs: [{routing_key_file: /etc/secrets/pagerduty}]
        """,
    ),
)
