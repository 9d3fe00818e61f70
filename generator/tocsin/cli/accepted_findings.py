"""What is found in a spec that is about to be written, as accepted findings beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.baseline import NAME
from tocsin.files import text_file
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.files import File
    from tocsin.importing.verify import SoundFiles

_REASON = "as imported"


@value_object
class Accepted:
    """The baseline, and how many findings it holds; None where nothing is found."""

    file: File | None
    count: int


def accepted_findings(spec: SoundFiles) -> Accepted:
    """The baseline with everything that `check` finds in a whole spec."""
    from datetime import date

    from tocsin.baseline.compare import can_be_accepted, new_entries
    from tocsin.baseline.file import baseline_text
    from tocsin.baseline.present import Present
    from tocsin.checking import Selection, find_problems
    from tocsin.workspace.load import Planned

    made = Planned(spec.plan, spec.sources, spec.documents, (), (), (), is_spec=True)
    found = [one for one in find_problems(made, Selection()) if can_be_accepted(one, is_spec=True)]
    present = Present([(spec.plan, spec.sources)], (document.name for document in spec.documents), ".")
    entries = list(new_entries(found, present, date.today(), _REASON))
    return Accepted(text_file(NAME, baseline_text(entries)) if entries else None, len(entries))
