"""The baseline: findings that stood when they were accepted, in a file that people review."""

NAME = "tocsin.baseline.yaml"
"""The baseline in the working directory, where no other one is named; never a part of a spec."""
