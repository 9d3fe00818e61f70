"""The names of LogQL's functions, aggregations and pipeline stages."""

from __future__ import annotations

from tocsin.lang.tokens import words

RANGE_AGGREGATIONS = words(
    """
    absent_over_time avg_over_time bytes_over_time bytes_rate count_over_time first_over_time
    last_over_time max_over_time min_over_time quantile_over_time rate rate_counter stddev_over_time
    stdvar_over_time sum_over_time
    """
)
AGGREGATIONS = words(
    """
    approx_topk avg bottomk count max min sort sort_desc stddev stdvar sum topk
    """
)
KEEPING = frozenset({"topk", "bottomk", "approx_topk", "sort", "sort_desc"})
PARAMETRIC = frozenset({"topk", "bottomk", "approx_topk"})
FUNCTIONS = frozenset({"label_replace", "vector"})
STAGES = words(
    """
    decolorize distinct drop json keep label_format line_format logfmt pattern regexp unpack unwrap
    """
)
# Stages that may take away a label that the stream has, or change it.
RELABELLING = frozenset({"drop", "keep", "label_format"})
