"""Names of MetricsQL, the language of VictoriaMetrics, that PromQL does not have."""

from __future__ import annotations

from tocsin.text.regex_on_use import regex_on_use

_NAMES = """
    WITH any_over_time ascent_over_time bitmap_and bitmap_or bottomk_avg bottomk_last bottomk_max
    bottomk_min count_eq_over_time count_gt_over_time count_le_over_time count_ne_over_time
    decreases_over_time default_rollup deriv_fast descent_over_time distinct distinct_over_time
    duration_over_time geomean histogram_over_time histogram_share increase_prometheus increase_pure
    increases_over_time integrate interpolate keep_last_value keep_next_value label_copy label_del
    label_keep label_map label_match label_mismatch label_move label_set label_transform
    label_uppercase label_value lag lifetime limit_offset median median_over_time mode outliersk
    prometheus_buckets quantiles quantiles_over_time range_avg range_last range_max range_median
    range_min range_normalize range_sum rate_over_sum rate_prometheus remove_resets rollup
    rollup_candlestick rollup_delta rollup_deriv rollup_increase rollup_rate running_avg running_max
    running_sum scrape_interval share share_gt_over_time share_le_over_time smooth_exponential
    stale_samples_over_time sum2 tfirst_over_time tlast_over_time tmax_over_time tmin_over_time
    topk_avg topk_last topk_max topk_median topk_min union vector_prometheus zscore
"""
_CALL = regex_on_use(rf"(?<![\w:])(?:{'|'.join(_NAMES.split())})\s*\(|\)\s*default\s+[\d.(]")


def is_metricsql(query: str) -> bool:
    """Whether a query has a function or an operator that only VictoriaMetrics has."""
    return _CALL.search(query) is not None
