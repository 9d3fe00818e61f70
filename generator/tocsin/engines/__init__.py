"""The real programs: Prometheus' and Alertmanager's own tools, which judge what was generated."""
