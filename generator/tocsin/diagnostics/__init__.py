"""What is found wrong in a spec, and the ways to show it."""

from tocsin.diagnostics.model import Diagnostic, Level, Note, sort_diagnostics

__all__ = ["Diagnostic", "Level", "Note", "sort_diagnostics"]
