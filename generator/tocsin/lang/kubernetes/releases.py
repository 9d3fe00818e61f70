"""What the Prometheus operator knows, by release.

A field that the installed resource definition does not have is dropped when the object is stored, without an
error. Source: the resource definitions of the operator's releases, and its CHANGELOG.
"""

from __future__ import annotations

from tocsin.lang.releases import check_supported, release

OLDEST = "0.70"
"""The oldest operator that is known here."""

_RULE_FIELDS = {"query_offset": "0.78", "labels": "0.79"}
_INTEGRATIONS = {
    "jira": "0.81",
    "msteamsv2": "0.81",
    "rocketchat": "0.81",
    "incidentio": "0.88",
    "mattermost": "0.88",
}


def check_operator(version: str) -> None:
    """LangError for what is not a version of the operator, or one older than the oldest known one."""
    check_supported("the Prometheus operator", OLDEST, version)


def newer_rule_fields(version: str) -> dict[str, str]:
    """The fields of a rule group that a release does not know, each with the release that brought it."""
    return _newer(_RULE_FIELDS, version)


def newer_operator_integrations(version: str) -> dict[str, str]:
    """The integrations that a release does not know in a configuration, each with the release for it."""
    return _newer(_INTEGRATIONS, version)


def _newer(since: dict[str, str], version: str) -> dict[str, str]:
    return {name: brought for name, brought in since.items() if release(brought) > release(version)}
