"""Changes as text for a terminal, as JSON for programs, as Markdown for a pull request."""

from tocsin.diff.render.json import as_json
from tocsin.diff.render.markdown import as_markdown
from tocsin.diff.render.text import as_text

RENDERERS = {"text": as_text, "json": as_json, "markdown": as_markdown}
"""Each takes changes and gives a text with a line feed at its end."""
