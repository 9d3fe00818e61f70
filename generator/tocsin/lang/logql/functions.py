"""The words of LogQL: functions, aggregations, stages, and which of them no label can have as its name."""

from __future__ import annotations

from tocsin.lang.tokens import split_words

RANGE_AGGREGATIONS = split_words(
    """
    absent_over_time avg_over_time bytes_over_time bytes_rate count_over_time first_over_time
    last_over_time max_over_time min_over_time quantile_over_time rate rate_counter stddev_over_time
    stdvar_over_time sum_over_time
    """
)
# Without `unwrap`, these count lines or bytes; the others need numbers.
OF_LINES = split_words("absent_over_time bytes_over_time bytes_rate count_over_time rate")
OF_NUMBERS = RANGE_AGGREGATIONS - split_words("bytes_over_time bytes_rate count_over_time")
GROUPABLE = split_words(
    """
    avg_over_time first_over_time last_over_time max_over_time min_over_time quantile_over_time
    stddev_over_time stdvar_over_time
    """
)
AGGREGATIONS = split_words(
    """
    approx_topk avg bottomk count max min sort sort_desc stddev stdvar sum topk
    """
)
KEEPING = frozenset({"topk", "bottomk", "approx_topk", "sort", "sort_desc"})
PARAMETRIC = frozenset({"topk", "bottomk", "approx_topk"})
FUNCTIONS = frozenset({"label_replace", "vector"})
CONVERSIONS = split_words("bytes duration duration_seconds")
STAGES = split_words(
    """
    decolorize drop json keep label_format line_format logfmt pattern regexp unpack unwrap
    """
)
FLAGS = frozenset({"--strict", "--keep-empty"})

# Names of labels as well, unless a parenthesis or a grouping follows.
FUNCTION_WORDS = RANGE_AGGREGATIONS | AGGREGATIONS | FUNCTIONS | CONVERSIONS | {"ip"}
RESERVED = STAGES | split_words(
    """
    and bool by group_left group_right ignoring offset on or unless without
    """
)
