"""What the models accept, refuse, and tell an editor."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tocsin.spec.alerts import Alert
from tocsin.spec.model import Spec
from tocsin.spec.routing import Routing

ALERT = {
    "summary": "Slow",
    "description": "Too slow",
    "promql": "max(x)",
    "thresholds": {"warning": {"above": 5}},
}


def faults(model: type[Any], data: object) -> list[tuple[tuple[int | str, ...], str]]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return [(fault["loc"], fault["msg"]) for fault in caught.value.errors()]


def test_a_threshold_apart_from_its_query_is_an_alert() -> None:
    alert = Alert.model_validate(ALERT)
    assert alert.thresholds["warning"].above == 5


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        ({"promql": "sum(x"}, ("promql",), "never closed"),
        ({"for": "5x"}, ("for",), "5x"),
        ({"labels": {"a-b": "c"}}, ("labels", "a-b", "[key]"), "`a-b` is not a valid label name"),
        ({"related": ["1st"]}, ("related", 0), "`1st` is not a valid alert name"),
        ({"promq": "x"}, ("promq",), "Extra inputs"),
        ({"expr": "up == 0"}, (), "an alert has one query, here are `promql` and `expr`"),
        ({"thresholds": {}}, (), "`promql` needs `thresholds`"),
        ({"thresholds": {"warning": {}}}, ("thresholds", "warning"), "exactly one comparison, here are 0"),
        ({"unit": "second"}, ("unit",), "'seconds'"),
    ],
)
def test_a_mistake_is_told_at_its_place(
    change: dict[str, object], place: tuple[int | str, ...], message: str
) -> None:
    [(where, what)] = faults(Alert, ALERT | change)
    assert where == place
    assert message in what


def test_all_mistakes_are_told_at_once() -> None:
    found = faults(Routing, {"catch_all": "a b ", "group_wait": "soon", "routes": [{"matchers": ["="]}]})
    assert [where for where, _ in found] == [("group_wait",), ("catch_all",), ("routes", 0, "matchers", 0)]


def test_every_field_of_the_schema_has_a_description() -> None:
    schema = Spec.model_json_schema()
    bare = [
        f"{name}.{field}"
        for name, model in {"Spec": schema, **schema["$defs"]}.items()
        for field, about in model.get("properties", {}).items()
        if not about.get("description")
    ]
    assert bare == []
