"""Messages about an Alertmanager configuration that a team already has."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import accepted
from tocsin.diagnostics.model import Level

MESSAGES = (
    accepted(
        "alertmanager/brace",
        Level.WARNING,
        """A matcher's value ends with a brace that Alertmanager strips.

        Why:
            The value that is compared is another one than the file shows.

        Fix:
            Put the value in double quotes.

        Bad:
            route:
              receiver: all
              routes: [{matchers: ["path=/items/}"]}]
            receivers: [{name: all}]

        Good:
            route:
              receiver: all
              routes: [{matchers: ['path="/items/}"']}]
            receivers: [{name: all}]
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
        "alertmanager/resolve-timeout",
        Level.INFO,
        """`resolve_timeout` is not set; it holds for alerts that are sent without an end.

        Why:
            Such alerts are over after 5 minutes. Prometheus always sends an end, other clients may not.

        Fix:
            Set it under `global` if anything but Prometheus sends alerts.

        Bad:
            route: {receiver: all}
            receivers: [{name: all}]

        Good:
            global: {resolve_timeout: 5m}
            route: {receiver: all}
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
        """A value is an environment variable, which Alertmanager does not expand.

        Why:
            Alertmanager uses the string as it is written.

        Fix:
            Fill it in before Alertmanager reads the file, as with `envsubst`; for a secret, write
            the key that ends with `_file`.

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
