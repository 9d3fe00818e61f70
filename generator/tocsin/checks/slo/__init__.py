"""Checks of service level objectives: what measures them, and the alerts that watch."""
