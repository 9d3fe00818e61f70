"""Files into a folder: all of them or none, and nothing of anyone else's is touched."""

from tocsin.output.changes import Written
from tocsin.output.errors import OutputError
from tocsin.output.manifest import MANIFEST
from tocsin.output.outcome import Outcome
from tocsin.output.recovery import Recovery, recover
from tocsin.output.stage import is_inner_stage
from tocsin.output.write import compare, write

__all__ = [
    "MANIFEST",
    "Outcome",
    "OutputError",
    "Recovery",
    "Written",
    "compare",
    "is_inner_stage",
    "recover",
    "write",
]
