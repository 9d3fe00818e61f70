"""Proofs that an alert can fire and can be quiet: series derived from its expression, judged by promtool."""
