"""Answers about routing, for people and for programs."""
