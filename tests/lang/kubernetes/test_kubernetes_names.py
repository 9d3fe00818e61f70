"""Names of objects: legal, stable, and never two of one name."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.errors import LangError
from tocsin.lang.kubernetes.names import (
    check_label_key,
    check_label_value,
    check_namespace,
    check_object_name,
    object_names,
)

_LEGAL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


@given(st.lists(st.tuples(st.text(max_size=90), st.text("aA_-. ", max_size=4)), unique=True, max_size=8))
def test_every_key_has_a_legal_name_of_its_own(keys: list[tuple[str, str]]) -> None:
    names = object_names(keys)
    assert names.keys() == set(keys)
    assert all(_LEGAL.fullmatch(name) and len(name) <= 63 for name in names.values())
    assert len(set(names.values())) == len(keys)


def test_a_name_is_readable_and_does_not_depend_on_the_order() -> None:
    assert object_names([("shop", "business_errors")]) == {
        ("shop", "business_errors"): "shop-business-errors"
    }
    assert object_names([("shop", "Größe")]) == {("shop", "Größe"): "shop-grosse"}
    keys = [("shop", "a_b"), ("shop", "a-b"), ("shop", "c")]
    first = object_names(keys)
    assert all(object_names(order) == first for order in permutations(keys))
    assert first["shop", "c"] == "shop-c"


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (check_namespace, ["monitoring", "a-1"], ["", "Monitoring", "a.b", "-a", "a" * 64]),
        (check_object_name, ["alertmanager-main", "a.b"], ["", "a_b", "a..b", "a" * 254]),
        (check_label_key, ["release", "app.kubernetes.io/name", "A_b"], ["", "a/", "/a", "a b", "x/y/z"]),
        (check_label_value, ["", "1", "kube-prometheus-stack"], ["a b", "-a", "a" * 64, "ä"]),
    ],
)
def test_names_are_judged_as_the_cluster_does(check, good: list[str], bad: list[str]) -> None:  # type: ignore[no-untyped-def]
    for text in good:
        check(text)
    for text in bad:
        with pytest.raises(LangError):
            check(text)
