"""From paths on a disk or in a revision of git to a plan: what is found, what it is, and how it is read."""
