"""Cases as promtool's unit tests: written, packed into runs, run, and read back."""
