"""What promtool said to cases and files of tests in earlier runs, by them, their rules and its version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from tocsin.prove.promtool.case import Moment, ProofCase, Reading
from tocsin.prove.promtool.run import CaseGroup, run_cases
from tocsin.value_json import ValueJson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tocsin.engines.program import Program
    from tocsin.result_store import ResultStore

    Said = list[str | None]
    Faults = dict[tuple[str, str], tuple[str, ...]]
    """What it has against each test, by file and name; nothing where it holds."""

_KIND = "what promtool says to cases"
_OF_FILE = "what promtool says to a file of tests"
_JSON = ValueJson((CaseGroup, ProofCase, Moment, Reading))
_OF_TEST = re.compile(r"\btime: [0-9a-z.]+,\s*exp:")
"""What it says of a test that it has run; all else may be about this run alone."""


def run_cases_again(
    store: ResultStore | None,
    promtool: Program,
    case_groups: Sequence[CaseGroup],
    progress: Callable[[int], object],
) -> list[list[str | None]]:
    """What `run_cases` finds: from the store where an earlier run kept it, the rest by promtool."""
    version = None if store is None or not case_groups else _version(promtool)
    if store is None or version is None:
        return run_cases(promtool, case_groups, progress)
    keys = [_key(case_group) for case_group in case_groups]
    known: dict[int, Said] = {}
    for number, (key, case_group) in enumerate(zip(keys, case_groups, strict=True)):
        kept = None if key is None else store.read(_KIND, _read, version, key)
        if kept is not None and len(kept) == len(case_group.cases):
            known[number] = kept
    progress(len(known))
    fresh = [number for number in range(len(case_groups)) if number not in known]
    answers = run_cases(promtool, [case_groups[number] for number in fresh], progress) if fresh else []
    for number, said in zip(fresh, answers, strict=True):
        known[number] = said
        key = keys[number]
        if key is not None and all(one is None or _OF_TEST.search(one) for one in said):
            store.write(said, _KIND, version, key)
    return [known[number] for number in range(len(case_groups))]


def run_files_again(
    store: ResultStore | None,
    promtool: Program,
    files: Mapping[str, bytes],
    run: Callable[[Sequence[str]], Faults],
) -> Faults:
    """What `run` finds of files of tests, or an earlier run: `files` has all that the answers follow from."""
    version = None if store is None or not files else _version(promtool)
    if store is None or version is None:
        return run([*files]) if files else {}
    found: Faults = {}
    fresh: list[str] = []
    for file, content in files.items():
        kept = store.read(_OF_FILE, _read_file, version, content)
        if kept is None:
            fresh.append(file)
        else:
            found.update(((file, name), faults) for name, faults in kept)
    said = run(fresh) if fresh else {}
    for file in fresh:
        here = [(name, faults) for (of, name), faults in said.items() if of == file]
        if here and all(_OF_TEST.search(fault) for _, faults in here for fault in faults):
            store.write([[name, [*faults]] for name, faults in here], _OF_FILE, version, files[file])
    return found | said


def _read_file(kept: Any) -> list[tuple[str, tuple[str, ...]]] | None:
    found = [(name, tuple(faults)) for name, faults in kept]
    is_sound = all(isinstance(text, str) for name, faults in found for text in (name, *faults))
    return found if is_sound else None


def _version(promtool: Program) -> bytes | None:
    """What tells this promtool from others; None where it does not say."""
    done = promtool.run(["--version"])
    said = (done.stdout + done.stderr).strip()
    return orjson.dumps([said, *promtool.options]) if done.returncode == 0 and said else None


def _key(case_group: CaseGroup) -> bytes | None:
    """What tells cases with their rules from others; None where JSON does not hold them."""
    try:
        return orjson.dumps(_JSON.write(case_group))
    except TypeError:
        return None


def _read(kept: Any) -> Said | None:
    is_sound = isinstance(kept, list) and all(one is None or isinstance(one, str) for one in kept)
    return kept if is_sound else None
