"""Files that a team already has, read into the plan's own values with the places of their own lines."""
