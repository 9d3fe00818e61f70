"""Mutation testing of rules: mutants, the cases that kill them, and the score."""
