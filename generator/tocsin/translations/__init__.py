"""The sentences of generated texts, in each language that a spec may choose."""
