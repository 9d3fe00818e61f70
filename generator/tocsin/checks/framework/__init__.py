"""What a check is, how checks are run, and the analysis of a plan that they share."""
