"""Checks of inhibitions: rules that never act, and rules that act on what they should not."""
