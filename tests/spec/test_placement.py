"""Where rules are evaluated: in each cluster or once over all of them, and never in both."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.compile.test_branches import built, planned

if TYPE_CHECKING:
    from tocsin.plan.model import Plan

CLUSTERS = {"eu": {"evaluator": "cluster"}, "us": {"evaluator": "cluster"}, "all": {"evaluator": "global"}}


def _spec(groups: dict[str, str | None], environments: dict[str, Any], **more: Any) -> str:
    return yaml.safe_dump(
        {
            "project": {"name": "shop", "title": "Shop"},
            "environments": environments,
            "severities": {"warning": {"rank": 1, "title": "Warning"}},
            "receivers": {"chat": {}},
            "routing": {"catch_all": "chat"},
            "groups": {
                name: {
                    "title": name,
                    **({"evaluator": where} if where else {}),
                    "alerts": {
                        f"Errors_{name}": {
                            "promql": "sum by (shop) (rate(errors_total[5m]))",
                            "thresholds": {"warning": {"above": 2}},
                        }
                    },
                }
                for name, where in groups.items()
            },
            **more,
        },
        sort_keys=False,
    )


def _alerts(plan: Plan) -> list[str]:
    return [rule.alert for group in plan.rule_groups for rule in group.rules if hasattr(rule, "alert")]


def test_each_environment_has_the_rules_that_are_evaluated_there() -> None:
    text = _spec({"web": "cluster", "sum": "global"}, CLUSTERS)
    assert {name: _alerts(planned(text, name)) for name in CLUSTERS} == {
        "eu": ["Errors_web"],
        "us": ["Errors_web"],
        "all": ["Errors_sum"],
    }


def test_an_environment_without_an_evaluator_has_all_of_them() -> None:
    text = _spec({"web": "cluster", "sum": "global"}, {"staging": {}, **CLUSTERS})
    assert _alerts(planned(text, "staging")) == ["Errors_sum", "Errors_web"]


def test_recordings_and_objectives_have_an_evaluator_as_well() -> None:
    text = _spec(
        {"web": "cluster"},
        CLUSTERS,
        recordings={
            "jobs": {
                "evaluator": "global",
                "rules": [{"record": "job:up:sum", "promql": "sum by (job) (up)"}],
            }
        },
        slos={
            "paid": {
                "title": "Paid",
                "objective": "99%",
                "window": "30d",
                "up": "up",
                "evaluator": "global",
                "group": "web",
                "burn": {"ticket": "warning"},
            }
        },
    )
    files = {name: {group.name for group in planned(text, name).rule_groups} for name in CLUSTERS}
    assert files == {"eu": {"web"}, "us": {"web"}, "all": {"jobs-recordings", "slo-paid"}}


def test_a_spec_without_environments_can_be_one_place() -> None:
    data = yaml.safe_load(_spec({"web": "cluster", "sum": "global"}, {}))
    del data["environments"]
    assert _alerts(planned(yaml.safe_dump(data))) == ["Errors_sum", "Errors_web"]
    data["project"]["evaluator"] = "cluster"
    plan, found = built(yaml.safe_dump(data))
    assert plan is None
    assert [one.id for one in found] == ["placement/nowhere"]


@pytest.mark.parametrize(
    ("groups", "environments", "id_", "at"),
    [
        ({"web": None, "sum": "global"}, CLUSTERS, "placement/twice", "web"),
        (
            {"web": "cluster", "sum": "global"},
            {"eu": {"evaluator": "cluster"}},
            "placement/nowhere",
            "global",
        ),
        ({"web": "somewhere"}, CLUSTERS, "spec/unknown-value", "somewhere"),
    ],
)
def test_what_is_evaluated_twice_or_nowhere_is_told_at_its_place(
    groups: dict[str, str | None], environments: dict[str, Any], id_: str, at: str
) -> None:
    plan, found = built(_spec(groups, environments), "eu")
    assert plan is None
    [one] = found
    assert one.span is not None
    assert (one.id, one.span.document.text[one.span.start :].startswith(at)) == (id_, True), found


def test_an_inhibition_between_two_places_is_told() -> None:
    data = yaml.safe_load(_spec({"web": "cluster", "sum": "global"}, CLUSTERS))
    data["groups"]["sum"]["alerts"]["Errors_sum"]["depends_on"] = ["Errors_web"]
    _, found = built(yaml.safe_dump(data, sort_keys=False), "eu")
    assert [one.id for one in found] == ["placement/apart"]
    data["groups"]["sum"]["evaluator"] = "cluster"
    data["groups"]["rest"] = {**data["groups"]["sum"], "evaluator": "global", "alerts": {}}
    assert planned(yaml.safe_dump(data, sort_keys=False), "eu").inhibitions


def test_random_places_evaluate_each_alert_in_each_cluster_or_once_over_all() -> None:
    """What is not refused is evaluated exactly so, in every environment that is such a place."""
    chosen = random.Random(2)
    sound = 0
    for _ in range(60):
        places: list[str | None] = ["cluster", "global", None]
        names = [f"e{number}" for number in range(chosen.randint(1, 4))]
        told = {name: chosen.choice(places) for name in names}
        groups = {f"g{number}": chosen.choice(places) for number in range(chosen.randint(1, 3))}
        environments = {name: {"evaluator": one} if one else {} for name, one in told.items()}
        text = _spec(groups, environments)
        plans = {name: built(text, name) for name in names}
        seen = {
            group: {name for name, (plan, _) in plans.items() if plan and f"Errors_{group}" in _alerts(plan)}
            for group in groups
        }
        wanted = {
            group: {name for name, place in told.items() if place is None or own is None or place == own}
            for group, own in groups.items()
        }
        twice = any(own is None for own in groups.values()) and {"cluster", "global"} <= {*told.values()}
        if twice or not all(wanted.values()):
            ids = {one.id for _, found in plans.values() for one in found}
            assert ids <= {"placement/twice", "placement/nowhere"}
            assert ids
        else:
            sound += 1
            assert seen == wanted
    assert sound > 10


def _unreached(text: str) -> list[tuple[str, str, str]]:
    _, found = built(text)
    assert {one.id for one in found} <= {"except/unreached"}
    notes = [(one, note) for one in found for note in one.related]
    return [
        (one.message, note.span.document.text[note.span.start : note.span.end], note.text)
        for one, note in notes
    ]


@pytest.mark.parametrize("place", [("groups", "web"), ("groups", "web", "alerts", "Errors_web")])
def test_an_exception_is_unreached_where_its_group_is_not_evaluated(place: tuple[str, ...]) -> None:
    data = yaml.safe_load(_spec({"web": "cluster", "sum": "global"}, CLUSTERS))
    node = data
    for key in place:
        node = node[key]
    node["except"] = [{"in": ["all"], "labels": {"x": "y"}}]
    assert _unreached(yaml.safe_dump(data, sort_keys=False)) == [
        (
            "nothing reaches this exception: `all` has `evaluator: global`",
            "cluster",
            "this is evaluated by `cluster`",
        )
    ]
    # In one of the environments that it names it holds.
    node["except"] = [{"in": ["all", "us"], "labels": {"x": "y"}}]
    assert _unreached(yaml.safe_dump(data, sort_keys=False)) == []
    # And where an environment evaluates everything.
    data["environments"]["all"] = {}
    node["except"] = [{"in": ["all"], "labels": {"x": "y"}}]
    assert _unreached(yaml.safe_dump(data, sort_keys=False)) == []


def test_an_exception_of_an_objective_is_unreached_where_that_is_not_evaluated() -> None:
    slo = {"title": "Paid", "objective": "99%", "window": "30d", "up": "up", "evaluator": "global"}
    slos = {"paid": slo | {"except": [{"in": "eu", "objective": "95%"}]}}
    [(message, _, _)] = _unreached(_spec({"web": "cluster"}, CLUSTERS, slos=slos))
    assert message == "nothing reaches this exception: `eu` has `evaluator: cluster`"


def test_of_a_group_that_is_evaluated_nowhere_only_that_is_told() -> None:
    data = yaml.safe_load(_spec({"web": "cluster", "sum": "global"}, {"eu": {"evaluator": "cluster"}}))
    data["groups"]["sum"]["except"] = [{"in": "eu", "labels": {"x": "y"}}]
    _, found = built(yaml.safe_dump(data, sort_keys=False))
    assert [one.id for one in found] == ["placement/nowhere"]


def test_an_exception_is_unreached_where_what_is_around_it_is_switched_off() -> None:
    data = yaml.safe_load(_spec({"web": None, "sum": None}, {"production": {}, "staging": {}}))
    data["groups"]["web"]["except"] = [{"in": "staging", "off": "nobody looks"}]
    alert = data["groups"]["web"]["alerts"]["Errors_web"]
    alert["except"] = [{"in": "staging", "for": "1h"}]
    routes = [{"receiver": "chat", "except": [{"in": "staging", "off": "nobody looks"}]}]
    below = {"receiver": "chat", "matchers": ['shop="a"'], "except": [{"in": "staging", "group_wait": "5m"}]}
    data["routing"]["routes"] = [routes[0] | {"routes": [below]}]
    message = "nothing reaches this exception: all around it is switched off in `staging`"
    assert _unreached(yaml.safe_dump(data, sort_keys=False)) == [(message, "in", "here")] * 2
    alert["except"] = below["except"] = []
    assert _unreached(yaml.safe_dump(data, sort_keys=False)) == []
