"""LogQL: its tokens, a structural verdict with a place, and the shape of an expression."""
