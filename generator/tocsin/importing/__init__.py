"""Files of other tools become a spec: readers of formats, and a writer that keeps comments."""
