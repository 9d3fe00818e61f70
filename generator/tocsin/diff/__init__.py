"""What a change does: who is told otherwise, and what became of the alerts."""
