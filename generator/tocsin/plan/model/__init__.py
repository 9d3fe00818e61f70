"""The plan's values: what the engines load and people read, with every default, name and link settled.

Targets, checks and the routing simulator read these and nothing else. Texts that may hold templates are kept
as the author wrote them. Durations are Prometheus texts, as both engines and people read them.
"""

from tocsin.plan.model.alerts import (
    Alert,
    AlertLinks,
    Case,
    Dependency,
    Group,
    GroupPanel,
    LogLines,
    Membership,
    NotifiedReceiver,
    PanelRef,
)
from tocsin.plan.model.delivery import ON_NAMESPACE, Kubernetes, Objects, Ruler
from tocsin.plan.model.plain import (
    Dashboard,
    DrawnQuery,
    MarkdownFile,
    TemplateFile,
    TemplateGlob,
    UsedSource,
)
from tocsin.plan.model.plan import Plan
from tocsin.plan.model.policy import Allowance, ForLimits, Policy, RecordingRules, Rejection, TextRules
from tocsin.plan.model.project import (
    DashboardRef,
    Project,
    ProjectLink,
    ResponseTargets,
    Severity,
    Team,
    Timing,
    Urls,
)
from tocsin.plan.model.routing import (
    Inhibition,
    Receiver,
    Relabelling,
    Route,
    RoutingCase,
    Server,
    TimeInterval,
)
from tocsin.plan.model.rules import Engine, Recording, Rule, RuleGroup, RulePlaces
from tocsin.plan.model.runbooks import (
    Action,
    Command,
    Escalation,
    EscalationLevel,
    Link,
    Observation,
    PageRef,
    Procedure,
    Runbook,
    Step,
)
from tocsin.plan.model.targets import Targets

__all__ = [
    "ON_NAMESPACE",
    "Action",
    "Alert",
    "AlertLinks",
    "Allowance",
    "Case",
    "Command",
    "Dashboard",
    "DashboardRef",
    "Dependency",
    "DrawnQuery",
    "Engine",
    "Escalation",
    "EscalationLevel",
    "ForLimits",
    "Group",
    "GroupPanel",
    "Inhibition",
    "Kubernetes",
    "Link",
    "LogLines",
    "MarkdownFile",
    "Membership",
    "NotifiedReceiver",
    "Objects",
    "Observation",
    "PageRef",
    "PanelRef",
    "Plan",
    "Policy",
    "Procedure",
    "Project",
    "ProjectLink",
    "Receiver",
    "Recording",
    "RecordingRules",
    "Rejection",
    "Relabelling",
    "ResponseTargets",
    "Route",
    "RoutingCase",
    "Rule",
    "RuleGroup",
    "RulePlaces",
    "Ruler",
    "Runbook",
    "Server",
    "Severity",
    "Step",
    "Targets",
    "Team",
    "TemplateFile",
    "TemplateGlob",
    "TextRules",
    "TimeInterval",
    "Timing",
    "Urls",
    "UsedSource",
]
