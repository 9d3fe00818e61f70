"""Messages about the form of a spec: its files, keys and kinds of values."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import error

MESSAGES = (
    error(
        "spec/yaml",
        """A file of the spec is not valid YAML.

        Why:
            What follows the fault cannot be read with certainty.

        Fix:
            Correct the line that is shown. Usual causes are a missing colon, a tab in the indentation, an
            unclosed quote, a key written twice, or a value with `: ` or ` #` in it that needs quotes.

        Bad:
            teams:
              web: {title: "Web}

        Good:
            teams:
              web: {title: "Web"}
        """,
    ),
    error(
        "spec/encoding",
        """A file of the spec is not encoded in UTF-8.

        Why:
            Its letters cannot be known, so nothing in it is read.

        Fix:
            Save the file as UTF-8; most editors offer it under "Save with encoding", and
            `iconv -f latin1 -t utf-8` converts it on the command line.
        """,
    ),
    error(
        "spec/empty",
        """No file holds alerts or a part of a spec.

        Why:
            There is nothing to check or to generate, and an empty output would delete the present one.

        Fix:
            Name the folder of the spec, or the files that your team has. `tocsin init` starts a spec.
        """,
    ),
    error(
        "spec/defined-twice",
        """A name is defined twice: in two files of the spec, or for two alerts.

        Why:
            Only one definition could count, and which one would depend on the order of the files.

        Fix:
            Keep one of the two, or give one of them another name. One alert with two severities is written
            once, with two entries under `thresholds`.

        Bad:
            teams:
              web: {title: Web}
            ---
            teams:
              web: {title: The web team}

        Good:
            teams:
              web: {title: Web}
            ---
            teams:
              shop: {title: The shop team}
        """,
    ),
    error(
        "spec/unknown-key",
        """A key is not known at its place.

        Why:
            An unknown key is usually a misspelt one: what the author wanted would not happen.

        Fix:
            Write the key that is suggested, or one of those that are known there. `tocsin explain KEY`
            explains each key.

        Bad:
            teams:
              web: {titel: Web, title: Web}

        Good:
            teams:
              web: {title: Web}
        """,
    ),
    error(
        "spec/missing-key",
        """A key that has to be there is missing.

        Why:
            Without it nothing can be generated from this part.

        Fix:
            Add the key that is named. `tocsin explain KEY` shows what it holds and an example.

        Bad:
            teams:
              web: {contact: "#web"}

        Good:
            teams:
              web: {title: Web, contact: "#web"}
        """,
    ),
    error(
        "spec/wrong-type",
        """A value is of another type than its key takes.

        Why:
            A string where a list belongs, or a number where a string belongs, can mean several things.

        Fix:
            Write the value as the message says: strings with `:` or `#` or that look like numbers in quotes,
            lists as `[a, b]` or one `- ` per line, and mappings as `{key: value}` or one key per line.

        Bad:
            teams:
              web: {title: [Web]}

        Good:
            teams:
              web: {title: Web}
        """,
    ),
    error(
        "spec/unknown-value",
        """A value is not one of those that its key accepts.

        Why:
            The key chooses between things that Tocsin, Alertmanager or Grafana can do.

        Fix:
            Write one of the values that the message names.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            unit: secs

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            unit: seconds
        """,
    ),
    error(
        "spec/hidden-character",
        """A value or a key of the spec holds a control character, or one that changes the direction of text.

        Why:
            It is invisible on a page, a dashboard or in a terminal. It can hide text, make a line look like
            another one, or command the terminal.

        Fix:
            Delete the character. In a PromQL string or a template, write the escape of that language.

        Bad:
            teams:
              web: {title: "Web\\e[31m"}

        Good:
            teams:
              web: {title: "Web"}
        """,
    ),
    error(
        "spec/empty-value",
        """A value is empty, and its key needs one.

        Why:
            What the author wanted to say is lost. A value that starts with `#` is a comment in YAML.

        Fix:
            Write the value, in quotes if it starts with `#`, or remove the key if it is optional.

        Bad:
            teams:
              web: {title: ""}

        Good:
            teams:
              web: {title: Web}
        """,
    ),
    error(
        "spec/foreign-file",
        """A file in the folder of a spec is of another format.

        Why:
            All YAML files in the folder are one spec, so it would be read as a part of it.

        Fix:
            Move it out of the folder. A rule file or an Alertmanager configuration can be checked by itself,
            or be written as a spec: alerts under `groups:`, routes under `routing:`.

        Bad:
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}

        Good:
            teams:
              web: {title: Web}
        """,
    ),
    error(
        "spec/format",
        """A value does not have the format that its key takes.

        Why:
            It could not be read, neither here nor by the program that gets it.

        Fix:
            Write it as the description of the key says, for example `09:00` for a time of day.

        Bad:
            routing:
              catch_all: all
              time_intervals:
                office: [{times: [{start_time: "9", end_time: "17:00"}]}]

        Good:
            routing:
              catch_all: all
              time_intervals:
                office: [{times: [{start_time: "09:00", end_time: "17:00"}]}]
        """,
    ),
    error(
        "spec/out-of-range",
        """A number is smaller or greater than its key takes.

        Why:
            The number has no meaning there.

        Fix:
            Write a number within the limits that the message names.

        Bad:
            severities:
              warning: {rank: 0, title: Warning}

        Good:
            severities:
              warning: {rank: 1, title: Warning}
        """,
    ),
    error(
        "spec/exactly-one",
        """None of several keys is there, or more than one, and exactly one belongs there.

        Why:
            The keys are different ways to say the same: with none it is not said, with two they may
            disagree.

        Fix:
            Keep one of the keys that the message names.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2, below: 1}}

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
        """,
    ),
    error(
        "spec/exclusive-keys",
        """Keys that exclude each other are used together.

        Why:
            Each of them answers the same question, so one of them would be ignored or refused.

        Fix:
            Keep one of the keys that the message names.

        Bad:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - series: {latency_seconds: "3x10"}
                logs: [{stream: {app: web}, line: slow}]

        Good:
            promql: max(latency_seconds)
            thresholds: {warning: {above: 2}}
            tests:
              - series: {latency_seconds: "3x10"}
        """,
    ),
    error(
        "spec/thresholds",
        """An alert has thresholds and a complete expression, or neither of them.

        Why:
            A query under `promql` or `logql` is compared with each of its `thresholds`. A complete `expr`
            already holds its comparison, so it has a `severity` instead.

        Fix:
            Write `thresholds: {warning: {above: 5}}` next to `promql` or `logql`; write `severity` and no
            `thresholds` next to `expr`.

        Bad:
            expr: up == 0
            severity: critical
            thresholds: {warning: {above: 2}}

        Good:
            expr: up == 0
            severity: critical
        """,
    ),
    error(
        "spec/invalid-value",
        """A value is not valid.

        Why:
            It could not be read.

        Fix:
            Correct it as the message says; `tocsin explain KEY` shows a valid one.
        """,
    ),
)
