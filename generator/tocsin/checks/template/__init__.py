"""Checks of the templates in labels and annotations."""
