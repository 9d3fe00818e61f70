"""PromQL: its tokens, a verdict with a place, and the shape of an expression."""
