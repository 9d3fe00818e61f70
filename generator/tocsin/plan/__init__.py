"""The plan: everything that the outputs need, already decided."""
