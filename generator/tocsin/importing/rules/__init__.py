"""Rule files that a team has, as groups of a spec that are proved to make the same rules."""
