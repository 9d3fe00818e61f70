"""The parts of plans as JSON, in which earlier runs keep them."""

from __future__ import annotations

import orjson

from tocsin.lang.quantities import Unit
from tocsin.plan import model
from tocsin.plan.outline import AlertTexts, Texts
from tocsin.plan.part_facts import AlertFacts, PartFacts
from tocsin.result_store import digest
from tocsin.source.place import Place
from tocsin.value_json import ValueJson

PLAN_CLASSES: tuple[type, ...] = (
    *(Place, Unit),
    *(model.Alert, model.AlertLinks, model.Case, model.Dependency, model.Group, model.GroupPanel),
    *(model.LogLines, model.Membership, model.NotifiedReceiver, model.PageRef, model.PanelRef),
    *(model.DrawnQuery, model.DashboardRef, model.ResponseTargets, model.Timing),
    *(model.Engine, model.Recording, model.Rule, model.RuleGroup, model.RulePlaces),
    *(model.Action, model.Command, model.Observation, model.Procedure, model.Runbook, model.Step),
    *(model.Allowance, model.Server, model.Relabelling, model.Targets),
    *(AlertTexts, Texts, AlertFacts, PartFacts),
)
PLAN_JSON = ValueJson(PLAN_CLASSES, shared=(model.Rule, model.DashboardRef))
"""Of groups with their rule groups: a rule of both is one object, as it is in a plan."""


def digest_of(value: object) -> bytes | None:
    """The digest of a part of a plan; None where JSON does not hold it."""
    try:
        return digest(orjson.dumps(PLAN_JSON.write(value)))
    except TypeError:
        return None
