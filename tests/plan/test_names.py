"""Names of generated things hold for every name that a spec can have."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tocsin.files import path_fault
from tocsin.lang.names import ALERT_NAME, SLUG, is_alert_name, is_slug
from tocsin.plan.names import dashboard_uid, page_file, panel_ids, procedure_file

ALERTS = st.from_regex(ALERT_NAME, fullmatch=True).filter(is_alert_name)
SLUGS = st.from_regex(SLUG, fullmatch=True).filter(is_slug)


@given(ALERTS, SLUGS)
def test_every_name_makes_the_path_of_a_file(alert: str, procedure: str) -> None:
    assert path_fault(f"runbooks/{page_file(alert)}") is None
    assert path_fault(f"runbooks/{procedure_file(procedure)}") is None


@given(SLUGS, SLUGS)
def test_every_group_has_a_uid_that_grafana_takes(project: str, group: str) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", dashboard_uid(project, group))


@given(st.sets(ALERTS, max_size=30))
def test_every_panel_has_an_id_of_its_own(alerts: set[str]) -> None:
    ids = panel_ids(alerts)
    assert set(ids) == alerts
    assert len(set(ids.values())) == len(alerts)
    assert all(0 < number < 2**31 for number in ids.values())


def test_an_alert_cannot_take_the_place_of_a_general_page() -> None:
    assert page_file("README") == "README-alert.md"
    assert page_file("Routing") == "Routing-alert.md"
