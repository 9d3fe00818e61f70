"""The tests that people wrote: those of a spec's alerts, and promtool's own test files."""
