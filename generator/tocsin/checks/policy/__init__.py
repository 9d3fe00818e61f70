"""A team's own rules for its alerts, as the `policy` of the spec, or of `--policy FILE`, states them."""
