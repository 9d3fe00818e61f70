"""From an objective with `burn` to its recording rules and burn-rate alerts."""
