"""Messages about configurations that several estates, or several programs, have in one repository."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import accepted
from tocsin.diagnostics.model import Level

MESSAGES = (
    accepted(
        "file/rule-files",
        Level.INFO,
        """Prometheus' configuration names rule files that are not among those that are checked.

        Why:
            Alerts and recording rules in them are not known, so some findings cannot be made.

        Fix:
            Name those files as well.

        Bad:
            groups:
              - name: web
                rules: [{alert: Down, expr: up == 0}]
            ---
            global: {scrape_interval: 30s}
            rule_files: [shop-*.yaml]
            scrape_configs: []

        Good:
            groups:
              - name: web
                rules: [{alert: Down, expr: up == 0}]
            ---
            global: {scrape_interval: 30s}
            rule_files: ["*.yaml"]
            scrape_configs: []
        """,
    ),
    accepted(
        "file/second-server",
        Level.INFO,
        """There are several Prometheus configurations for the same rules, and none of them is used.

        Why:
            Nobody could say which of them runs the rules. Where each lies in a folder of its own with its
            rules, or its `rule_files` name other files, they are different estates, and each is checked by
            itself.

        Fix:
            Check each configuration with the rules that it is for.

        Bad:
            groups:
              - name: web
                rules: [{alert: Down, expr: up == 0}]
            ---
            global: {scrape_interval: 30s}
            scrape_configs: []
            ---
            global: {scrape_interval: 15s}
            scrape_configs: []

        Good:
            groups:
              - name: web
                rules: [{alert: Down, expr: up == 0}]
            ---
            global: {scrape_interval: 30s}
            scrape_configs: []
        """,
    ),
    accepted(
        "file/second-route",
        Level.INFO,
        """There are several Alertmanager configurations for the same rules; alerts are followed through one.

        Why:
            Nobody could say which of them gets the alerts. Where each lies in a folder of its own with its
            rules, or with a Prometheus whose folder has the same name, they are different estates, and each
            is checked by itself. Otherwise, the one that is followed lies nearest to the rule
            files, and not among examples or tests. Of the others the keys, values and templates are checked,
            each file by itself, and no routes; and nothing is said of alerts that nobody is notified of,
            where another Alertmanager may do it.

        Fix:
            Check each configuration with the rules that it is for.

        Bad:
            route: {receiver: all}
            receivers: [{name: all}]
            ---
            route: {receiver: web}
            receivers: [{name: web}]

        Good:
            route: {receiver: all}
            receivers: [{name: all}]
        """,
    ),
)
