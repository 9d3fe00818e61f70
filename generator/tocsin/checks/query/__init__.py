"""Checks of one query: results that cannot be, matchers that say another thing, counters, units, ranges."""

from tocsin.checks.query.bools import useless_bool
from tocsin.checks.query.counters import bucket_total, delta_of_counter, rate_of_gauge, rate_of_sum
from tocsin.checks.query.filling import or_vector
from tocsin.checks.query.grouping import gone_label
from tocsin.checks.query.integers import integer_bucket
from tocsin.checks.query.logs import log_error
from tocsin.checks.query.matchers import equals_regex, glob, regex
from tocsin.checks.query.numbers import nan, quantile, short_range, topk
from tocsin.checks.query.restarts import two_jobs
from tocsin.checks.query.results import always, dead_part, empty, empty_by_name
from tocsin.checks.query.scraped import scraped_join
from tocsin.checks.query.searching import log_search
from tocsin.checks.query.units import unit
from tocsin.checks.query.unresolved import raw_counter

__all__ = [
    "always",
    "bucket_total",
    "dead_part",
    "delta_of_counter",
    "empty",
    "empty_by_name",
    "equals_regex",
    "glob",
    "gone_label",
    "integer_bucket",
    "log_error",
    "log_search",
    "nan",
    "or_vector",
    "quantile",
    "rate_of_gauge",
    "rate_of_sum",
    "raw_counter",
    "regex",
    "scraped_join",
    "short_range",
    "topk",
    "two_jobs",
    "unit",
    "useless_bool",
]
