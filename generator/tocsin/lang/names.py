"""Which texts are names: of metrics, labels, alerts, and of the spec's own things."""

from __future__ import annotations

import re

METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
# Prometheus allows any text as an alert's name; here it also names a file, an anchor and a panel.
ALERT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_:.-]*")
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
LONGEST_NAME = 100


def is_metric_name(text: str) -> bool:
    """Whether the text is a metric name that needs no quotes."""
    return METRIC_NAME.fullmatch(text) is not None


def is_label_name(text: str) -> bool:
    """Whether the text is a label name that needs no quotes, reserved or not."""
    return LABEL_NAME.fullmatch(text) is not None


def is_reserved_label(text: str) -> bool:
    """Whether Prometheus keeps labels of this name for itself."""
    return text.startswith("__")


def is_alert_name(text: str) -> bool:
    """Whether the text can name an alert and the files made for it."""
    return len(text) <= LONGEST_NAME and ALERT_NAME.fullmatch(text) is not None


def is_alert_key(text: str) -> bool:
    """Whether the text can name an alert of a spec: its name, and `@` with what tells namesakes apart."""
    name, at, apart = text.partition("@")
    return len(text) <= LONGEST_NAME and is_alert_name(name) and (not at or is_slug(apart))


def is_line(text: str) -> bool:
    """Whether the text is a name that stands in texts only: on one line, printable, no spaces at its ends."""
    return bool(text) and len(text) <= LONGEST_NAME and text.isprintable() and text == text.strip()


def is_rule_file(text: str) -> bool:
    """Whether the text is a path of a YAML file that leads nowhere but below a folder."""
    parts = text.split("/")
    return all(map(is_slug, parts)) and parts[-1].endswith((".yaml", ".yml"))


def is_slug(text: str) -> bool:
    """Whether the text can name a group or a team, and a file."""
    return len(text) <= LONGEST_NAME and SLUG.fullmatch(text) is not None
