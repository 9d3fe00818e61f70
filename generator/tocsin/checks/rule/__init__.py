"""Checks of rules against each other, and of their `for`."""
