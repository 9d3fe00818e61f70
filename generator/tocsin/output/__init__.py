"""Files into a folder: all of them or none, and nothing of anyone else's is touched."""

from tocsin.output.changes import WrittenPaths
from tocsin.output.errors import OutputError
from tocsin.output.manifest import MANIFEST
from tocsin.output.new_folder import require_new, write_new_folder
from tocsin.output.outcome import WriteOutcome
from tocsin.output.recovery import Recovery, recover
from tocsin.output.stage import is_inner_stage
from tocsin.output.write import compare, compare_removal, remove, write

__all__ = [
    "MANIFEST",
    "OutputError",
    "Recovery",
    "WriteOutcome",
    "WrittenPaths",
    "compare",
    "compare_removal",
    "is_inner_stage",
    "recover",
    "remove",
    "require_new",
    "write",
    "write_new_folder",
]
