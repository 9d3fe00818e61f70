"""The layout of the files of a spec: order of keys, indentation, blank lines; every comment is kept."""

from tocsin.formatting.layout import Formatted, format_spec_file

__all__ = ["Formatted", "format_spec_file"]
