"""The search for series under which an expression fires, and for series under which it is silent."""
