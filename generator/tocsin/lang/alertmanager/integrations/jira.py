"""Jira: an issue."""

from tocsin.lang.alertmanager.schema import (
    Choice,
    Fallback,
    Integration,
    Key,
    Kind,
    Many,
    Named,
    Record,
    TextOr,
)
from tocsin.lang.alertmanager.texts import TITLE, Form, Limit, Message, Unit

_FIELD = TextOr(
    Record(
        "JiraField",
        "A field of a Jira issue, and whether it changes later.",
        {
            "template": Key(Kind.TEXT, "Text of the field.", "0.30"),
            "enable_update": Key(Kind.FLAG, "Whether to change the field of an existing issue.", "0.30"),
        },
    )
)

_SOURCE = "https://support.atlassian.com/jira-cloud-administration/docs/maximum-field-lengths/"
_LIMITS = {
    "summary": Limit(255, Unit.CHARACTERS, _SOURCE),
    "description": Limit(32_767, Unit.CHARACTERS, _SOURCE),
}
_DESCRIPTION = Message("jira.description", Form.PLAIN, _LIMITS["description"])

INTEGRATION = Integration(
    Record(
        "Jira",
        "An issue in Jira.",
        {
            "api_url": Key(Kind.URL, "Address of the Jira API; the global one when left out."),
            "api_type": Key(
                Choice(("auto", "cloud", "datacenter")), "Which of Jira's products answers there.", "0.29"
            ),
            "project": Key(Kind.TEXT, "Key of the project.", required=True),
            "issue_type": Key(Kind.TEXT, "Type of the issue, such as Bug.", required=True),
            "summary": Key(_FIELD, "Title of the issue."),
            "description": Key(_FIELD, "Body of the issue."),
            "labels": Key(Many(Kind.TEXT), "Labels of the issue."),
            "priority": Key(Kind.TEXT, "Priority of the issue."),
            "reopen_transition": Key(Kind.TEXT, "Step that opens a closed issue again."),
            "resolve_transition": Key(Kind.TEXT, "Step that closes the issue."),
            "wont_fix_resolution": Key(Kind.TEXT, "Resolution whose issues stay closed."),
            "reopen_duration": Key(Kind.DURATION, "How long a closed issue may be opened again."),
            "fields": Key(Named(Kind.ANYTHING), "Further fields of the issue."),
        },
    ),
    title="Issues in Jira.",
    settings={"jira_api_url": Key(Kind.URL, "Address of the Jira API.")},
    fallbacks=(Fallback(("api_url",), ("jira_api_url",)),),
    texts={"summary": TITLE, "description": _DESCRIPTION.call},
    messages=(_DESCRIPTION,),
    limits=_LIMITS,
)
