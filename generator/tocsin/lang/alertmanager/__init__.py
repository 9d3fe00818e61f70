"""What Alertmanager reads, free of the spec."""
