"""What the plan says of the system as a whole: its name, addresses, severities and teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping


@value_object
class Urls:
    """Base addresses without a slash at the end; None where the spec names none."""

    prometheus: str | None
    alertmanager: str | None
    grafana: str | None
    loki: str | None
    jaeger: str | None
    runbooks: str | None


@value_object
class Project:
    """The system and what its outputs share."""

    name: str
    title: str
    language: str
    timezone: str | None
    """The time zone that the spec names for the system."""
    urls: Urls
    prometheus_uid: str
    loki_uid: str
    folder: str
    overview: DashboardRef
    alertmanager: Mapping[str, Any]
    """Alertmanager's global section, ready to be written."""
    sections: Mapping[str, Mapping[str, Any]]
    """Its sections about itself, such as `tracing`."""
    links: tuple[ProjectLink, ...] = ()
    front_matter: bool = False
    """Whether the pages begin with YAML for site generators."""


@value_object
class ProjectLink:
    """A page of the organisation."""

    title: str
    url: str


@value_object
class DashboardRef:
    """A generated dashboard: its uid, title, and address (None without a Grafana)."""

    uid: str
    title: str
    url: str | None


@value_object
class Timing:
    """Spacing of notifications; None means inherited."""

    group_wait: str | None
    group_interval: str | None
    repeat_interval: str | None


@value_object
class ResponseTargets:
    """How quickly people answer and mend; None where nothing was promised."""

    detect_to_act: str | None
    act_to_resolve: str | None
    mttr: str | None


@value_object
class Severity:
    """A step of urgency; rank 1 is the most urgent."""

    name: str
    rank: int
    title: str
    icon: str
    notify: Timing
    respond: ResponseTargets


@value_object
class Team:
    """Owners of alerts."""

    name: str
    title: str
    contact: str | None
