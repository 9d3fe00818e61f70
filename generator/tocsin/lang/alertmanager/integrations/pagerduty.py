"""PagerDuty: an incident."""

from tocsin.lang.alertmanager.constraints import at_least_one, at_most_one
from tocsin.lang.alertmanager.schema import (
    Integration,
    Key,
    Kind,
    Many,
    Named,
    Record,
    Resource,
    secret,
)
from tocsin.lang.alertmanager.texts import TITLE, Form, Limit, Listed, Message, Unit, template

_IMAGE = Record(
    "PagerDutyImage",
    "A picture in an incident of PagerDuty.",
    {
        "src": Key(Kind.TEXT, "Address of the picture."),
        "alt": Key(Kind.TEXT, "Text in place of the picture."),
        "href": Key(Kind.TEXT, "Page the picture opens."),
    },
    resource=Resource("src href alt"),
)
_LINK = Record(
    "PagerDutyLink",
    "A link in an incident of PagerDuty.",
    {"href": Key(Kind.TEXT, "Page to open."), "text": Key(Kind.TEXT, "Label of the link.")},
    resource=Resource("href alt", named={"alt": "text"}),
)

_LIMITS = {
    "description": Limit(
        1_024, Unit.CHARACTERS, "https://developer.pagerduty.com/docs/events-api-v2/trigger-events/"
    ),
    "details": Limit(
        50_000,
        Unit.BYTES,
        "an event may have 512 KB: https://developer.pagerduty.com/docs/events-api-v2/overview/",
    ),
}
# Alertmanager reads details as YAML, and renders what it finds there once more, with what alerts say as
# templates. A tab cannot begin a value of YAML, so that the text stays a text.
_TAB = "\t"
_FIRING = Message("pagerduty.firing", Form.PLAIN, _LIMITS["details"], listed=Listed.FIRING, begin=_TAB)
_RESOLVED = Message("pagerduty.resolved", Form.PLAIN, _LIMITS["details"], listed=Listed.RESOLVED, begin=_TAB)

INTEGRATION = Integration(
    Record(
        "PagerDuty",
        "An incident in PagerDuty.",
        {
            **secret("routing_key", "File with the key of an Events API v2 integration."),
            **secret("service_key", "File with the key of an old Prometheus integration."),
            "url": Key(Kind.URL, "Where events are sent; the global address when left out."),
            "client": Key(Kind.TEXT, "Name of the sender."),
            "client_url": Key(Kind.TEXT, "Page about the sender."),
            "description": Key(Kind.TEXT, "Title of the incident."),
            "details": Key(Named(Kind.ANYTHING), "Further facts about the incident; they may be nested."),
            "images": Key(Many(_IMAGE), "Pictures to attach."),
            "links": Key(Many(_LINK), "Links to attach."),
            "source": Key(Kind.TEXT, "What is affected; the client when left out."),
            "severity": Key(Kind.TEXT, "critical, error, warning or info."),
            "class": Key(Kind.TEXT, "Kind of problem."),
            "component": Key(Kind.TEXT, "Part that is affected."),
            "group": Key(Kind.TEXT, "Group of parts that is affected."),
            "timeout": Key(Kind.GO_DURATION, "How long one request may take; 0s for no limit.", "0.30"),
        },
        rules=(at_least_one("routing_key", "service_key", "routing_key_file", "service_key_file"),),
        spec_rules=(at_most_one("routing_key_file", "service_key_file"),),
        resource=Resource(
            "url client clientURL description severity class group component source timeout "
            "pagerDutyImageConfigs pagerDutyLinkConfigs",
            "routingKey serviceKey",
            pairs="details",
            named={"pagerDutyImageConfigs": "images", "pagerDutyLinkConfigs": "links"},
        ),
        example="{routing_key_file: /path/to/file}",
        words={"routing_key_file": "integration_key_file key_file"},
    ),
    title="Services of PagerDuty.",
    settings={"pagerduty_url": Key(Kind.URL, "Where events for PagerDuty are sent.")},
    texts={
        "description": TITLE,
        "severity": template("pagerduty.severity"),
        "details": {"firing": _FIRING.call, "resolved": _RESOLVED.call},
        "links": (
            {"href": "{{ .CommonAnnotations.runbook_url }}", "text": template("word.runbook")},
            {"href": "{{ (index .Alerts 0).Annotations.dashboard_url }}", "text": template("word.panel")},
        ),
    },
    messages=(_FIRING, _RESOLVED),
    limits=_LIMITS,
    words="pager_duty pager",
)
