"""Alertmanager's own small languages: matchers, and the ranges of time intervals."""
