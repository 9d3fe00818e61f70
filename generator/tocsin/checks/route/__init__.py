"""Checks of the route tree: of its shape alone, and of where the alerts of the rules go in it."""
