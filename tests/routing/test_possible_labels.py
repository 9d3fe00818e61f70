"""Which alerts some matchers take, where nothing is known of a label."""

from __future__ import annotations

import pytest

from tocsin.lang.alertmanager.matchers import parse_matcher
from tocsin.lang.flow.label_values import LabelValues
from tocsin.routing.possible_labels import divide_by_matchers


@pytest.mark.parametrize(
    ("matchers", "some_meet", "some_do_not"),
    [
        (['team=~"web.+"'], True, True),
        (['team=~"web.+"', 'team=~".+db"'], True, True),
        (['team=~"web.+"', 'team=~"db.+"'], False, True),
        (['team=~"web.+"', 'team!~"w.+"'], False, True),
        (['team!~"web.+"', 'team!~"db.+"'], True, True),
        (['team!="web"'], True, True),
        (['team=~".*"'], True, False),
    ],
)
def test_patterns_without_a_text_in_common_take_no_alert(
    matchers: list[str], some_meet: bool, some_do_not: bool
) -> None:
    met, others = divide_by_matchers({"team": LabelValues()}, tuple(map(parse_matcher, matchers)))
    assert (met is not None, bool(others)) == (some_meet, some_do_not)
