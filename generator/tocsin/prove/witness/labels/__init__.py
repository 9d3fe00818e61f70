"""What series an expression asks for: their labels, so that selectors select and joins meet."""
