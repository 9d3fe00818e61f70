"""The names of PromQL's functions and aggregations."""

from __future__ import annotations

from tocsin.lang.tokens import split_words

AGGREGATIONS = split_words(
    """
    avg bottomk count count_values group limit_ratio limitk max min quantile stddev stdvar sum topk
    """
)
PARAMETRIC = frozenset({"bottomk", "count_values", "limit_ratio", "limitk", "quantile", "topk"})

METRICSQL = {
    "quantiles_over_time": "write one `quantile_over_time(…)` for each quantile",
    "median_over_time": "write `quantile_over_time(0.5, …)`",
    "median": "write `quantile(0.5, …)`",
    "increase_pure": "write `increase(…)`",
    "rate_over_sum": "write `sum_over_time(…)`, divided by the seconds of the range",
    "share_le_over_time": None,
    "share_gt_over_time": None,
    **dict.fromkeys(
        split_words("rollup rollup_rate rollup_increase rollup_delta rollup_deriv rollup_candlestick")
    ),
    **dict.fromkeys(
        split_words("tmin_over_time tmax_over_time lag lifetime scrape_interval distinct_over_time")
    ),
    **dict.fromkeys(
        split_words("label_set label_del label_keep label_copy label_move label_map label_match")
    ),
    **dict.fromkeys(
        split_words("topk_avg topk_max topk_min topk_last bottomk_avg bottomk_max outliersk zscore")
    ),
    **dict.fromkeys(
        split_words("keep_last_value running_sum running_avg range_avg range_max range_median union")
    ),
    **dict.fromkeys(split_words("hoeffding_bound_upper geomean_over_time mode_over_time sum2_over_time now")),
}
"""Functions of MetricsQL, which VictoriaMetrics reads, with what PromQL has instead, if anything."""
FUNCTIONS = split_words(
    """
    abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp
    clamp_max clamp_min cos cosh count_over_time day_of_month day_of_week day_of_year days_in_month deg
    delta deriv double_exponential_smoothing end exp first_over_time floor histogram_avg histogram_count
    histogram_fraction histogram_quantile histogram_quantiles histogram_stddev histogram_stdvar
    histogram_sum holt_winters hour idelta increase info integral irate label_join label_replace
    last_over_time ln log10 log2 mad_over_time max_of max_over_time min_of min_over_time minute month pi
    predict_linear present_over_time quantile_over_time rad range rate resets round scalar sgn sin sinh sort
    sort_by_label sort_by_label_desc sort_desc sqrt start start_timestamp stddev_over_time step
    stdvar_over_time sum_over_time tan tanh time timestamp ts_of_first_over_time ts_of_last_over_time
    ts_of_max_over_time ts_of_min_over_time vector year
    """
)
