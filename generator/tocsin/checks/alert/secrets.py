"""Checks of secrets in the texts that alerts carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.plan.source_spans import text_piece
from tocsin.text.secret_looks import may_hold_secret, secret_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share


@check_shares("alert/secret", Level.WARNING)
def secret(share: Share) -> Iterator[Finding]:
    """A label or an annotation holds what looks like a password or a token.

    Why:
        Prometheus shows the texts of its rules to everyone who can open it, and each notification carries
        them into chats and mailboxes.

    Fix:
        Name the place where people find it, such as an entry of the password manager, and replace the secret:
        it has been shown.

    Bad:
        - alert: Down
          expr: up == 0
          annotations:
            description: "See https://admin:hunter2@grafana.example.org/d/up"

    Good:
        - alert: Down
          expr: up == 0
          annotations:
            description: "See https://grafana.example.org/d/up"
    """
    for _, rule in alerting_rules(share):
        # Nearly no rule holds one, so that all its texts are looked at together first.
        if not may_hold_secret("\n".join((*rule.labels.values(), *rule.annotations.values()))):
            continue
        for kind, texts, places in (
            ("label", rule.labels, rule.written.labels),
            ("annotation", rule.annotations, rule.written.annotations),
        ):
            for name, text in texts.items():
                span = next(secret_spans(text), None) if name in places else None
                if span is not None:
                    yield Finding(
                        f"every notification of `{rule.alert}` carries the secret in the {kind} `{name}`",
                        at=text_piece(places[name], span),
                        help="name where it is kept instead, and replace the secret: it has been shown",
                        about=rule.place,
                    )
