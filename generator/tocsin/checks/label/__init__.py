"""Checks of labels: those that texts read, and those that a rule sets."""
