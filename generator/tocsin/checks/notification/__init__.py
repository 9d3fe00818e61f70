"""Checks of the templates of notifications, in receivers and in files."""
