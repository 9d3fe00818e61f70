"""The words of generated texts, in each language that a spec may choose."""
