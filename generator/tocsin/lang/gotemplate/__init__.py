"""Go's text templates, as Prometheus runs them in labels and annotations: a tree that knows its places."""
