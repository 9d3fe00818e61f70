"""Tocsin compiles one spec of alerts into rules, routes, dashboards and runbooks that agree."""

__version__ = "0.1.0"
