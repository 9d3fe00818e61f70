"""The release that is chosen for queries takes all of them, and is the usual one where that does."""

from __future__ import annotations

import pytest

from tocsin.lang.promql.releases import refused
from tocsin.lang.promql.suited_release import suited_release

QUERIES = {
    "histogram_quantile(0.9, rate(x_bucket[5m]))": ("3.5", ()),
    "first_over_time(x[5m])": ("3.7", ("promql-experimental-functions",)),
    "limitk(1, x)": ("3.5", ("promql-experimental-functions",)),
    "holt_winters(x[5m], 0.1, 0.1)": ("2.53", ()),
    "rate(x[5m * 2])": ("3.5", ("promql-duration-expr",)),
    "rate(x[max(5m, 1m)])": ("3.6", ("promql-duration-expr",)),
}


@pytest.mark.parametrize("query", QUERIES)
def test_the_release_takes_the_query(query: str) -> None:
    found = suited_release([query, "up == 0"], [])
    assert found is not None
    assert (found.version, found.features) == QUERIES[query]
    assert refused(query, found.version, frozenset(found.features)) == ()


def test_functions_of_templates_count() -> None:
    found = suited_release(["up == 0"], ["3.8"])
    assert found is not None
    assert found.version == "3.8"


def test_there_may_be_none() -> None:
    assert suited_release(["holt_winters(x[5m], 0.1, 0.1)", "first_over_time(x[5m])"], []) is None
