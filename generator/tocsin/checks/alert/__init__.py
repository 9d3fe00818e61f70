"""Checks of what makes an alert fire, and of what its texts say about it."""
