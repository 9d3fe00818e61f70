"""Checks of the templates of notifications, in receivers and in files."""

from tocsin.checks.notification.labels import annotation, group_label, label
from tocsin.checks.notification.named import duplicate_template, unknown_template, unused_template
from tocsin.checks.notification.syntax import field, syntax

__all__ = [
    "annotation",
    "duplicate_template",
    "field",
    "group_label",
    "label",
    "syntax",
    "unknown_template",
    "unused_template",
]
