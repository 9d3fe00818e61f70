"""Proofs of burn-rate alerts: series made from a share of bad events over time, for each pair of windows."""
