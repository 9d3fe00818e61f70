"""The spec: what an author may write, and how it is read."""
