"""Checks of runbooks, procedures and the escalation of a spec against its alerts."""
