"""A team's own rules, as the checks read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan import model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.spec.policy import ForLimits, Policy, TextRules


def policy(written: Policy) -> model.Policy:
    """The policy of a plan."""
    return model.Policy(
        alert_name=written.alert_name,
        severities=tuple(written.severities),
        labels=_texts(written.labels),
        annotations=_texts(written.annotations),
        for_=_limits(written.for_),
        keep_firing_for=_limits(written.keep_firing_for),
        reject=tuple(model.Rejection(one.pattern, tuple(one.inside), one.reason) for one in written.reject),
        selectors=tuple(written.selectors.required),
        recordings=model.RecordingRules(
            written.recordings.name, tuple(written.recordings.keep), tuple(written.recordings.remove)
        ),
        runbooks={severity: tuple(sections) for severity, sections in written.runbooks.items()},
    )


def _limits(written: Mapping[str, ForLimits]) -> dict[str, model.ForLimits]:
    return {severity: model.ForLimits(limits.minimum, limits.maximum) for severity, limits in written.items()}


def _texts(written: TextRules) -> model.TextRules:
    return model.TextRules(tuple(written.required), tuple(written.forbidden), dict(written.values))
