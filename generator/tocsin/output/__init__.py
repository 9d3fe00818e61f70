"""Files into a folder: all of them or none, and nothing of anyone else's is touched."""

from tocsin.output.changes import Written
from tocsin.output.errors import OutputError
from tocsin.output.manifest import MANIFEST
from tocsin.output.write import compare, write

__all__ = ["MANIFEST", "OutputError", "Written", "compare", "write"]
