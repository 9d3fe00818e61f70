"""What Tocsin knows of the languages of alerting, free of the spec: queries, matchers, durations, names."""
