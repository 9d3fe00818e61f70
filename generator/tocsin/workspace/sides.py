"""The two sides of a comparison, as they are named on the command line."""

from __future__ import annotations

import contextlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tocsin.errors import CommandError
from tocsin.interruption import temporary_folder
from tocsin.value_object import value_object
from tocsin.workspace.git_revision import find_revision, is_revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.workspace.git_revision import Revision

_SPEC, _HERE = "spec", "."


@value_object
class Side:
    """Paths of the working tree or, from the root of the repository, of a revision.

    As it is named, a revision may have no paths yet: it takes those of the other side.
    """

    paths: tuple[str, ...]
    revision: Revision | None = None

    def __str__(self) -> str:
        if self.revision is None:
            return ", ".join(self.paths)
        return ", ".join(f"{self.revision.name}:{path}" for path in self.paths)

    def where(self) -> str:
        """The side in a sentence."""
        return "in the working tree" if self.revision is None else f"at {self.revision.name}"

    def local_paths(self) -> tuple[str, ...]:
        """Its paths from the working directory."""
        return self.paths if self.revision is None else tuple(map(self.revision.from_here, self.paths))

    def with_paths(self, paths: Sequence[str]) -> Side:
        """The same revision, or the working tree, at paths from the working directory."""
        if self.revision is None:
            return Side(tuple(paths))
        return Side(tuple(dict.fromkeys(map(self.revision.inside, paths))), self.revision)


@value_object
class Files:
    """The files of a side: paths from the working directory that lead to them, and those that do not."""

    there: tuple[str, ...]
    missing: tuple[str, ...]


@contextlib.contextmanager
def files_of_side(side: Side) -> Iterator[Files]:
    """Make the files of a side those of the working directory, as long as it takes to read them.

    Messages name them as they are named from the real one.
    """
    if side.revision is None:
        paths = tuple(path for path in side.paths if Path(path).exists())
        yield Files(paths, tuple(path for path in side.paths if path not in paths))
        return
    with temporary_folder() as folder:
        found = tuple(map(side.revision.from_here, side.revision.check_out(side.paths, folder)))
        here = folder / side.revision.prefix
        here.mkdir(parents=True, exist_ok=True)
        with contextlib.chdir(here):
            yield Files(found, tuple(path for path in side.local_paths() if path not in found))


_WORKING_TREE = Side(())


def sides_of_options(old: Sequence[str], new: Sequence[str], usual: Sequence[str] = ()) -> tuple[Side, Side]:
    """The sides that --old and --new name; CommandError when they cannot be understood.

    `usual` is what commands read here where no path is named; none is the folder `spec`, or this folder.
    """
    if not old:
        raise CommandError("--old is missing: name what the other side is compared with")
    before = _side(old)
    return _completed(before, _side(new) if new else _counterpart(before, usual), usual)


def sides_of_arguments(
    words: Sequence[str], shared: Sequence[str] | None, usual: Sequence[str] = ()
) -> tuple[Side, Side]:
    """The sides that the arguments name; CommandError when they cannot be understood.

    `words` are those before `--`; `shared` are those after it, paths that both sides have; None without it.
    `usual` is what commands read here where no path is named; none is the folder `spec`, or this folder.
    """
    if not words:
        raise CommandError("name what is compared: a revision such as `main`, or two paths")
    if shared is not None:
        return _of_revisions(words, shared, usual)
    first, *others = words
    if ":" not in first and not Path(first).exists():
        # As git does it: revisions first, then paths.
        find_revision(first)
        count = 1 + bool(others and not Path(others[0]).exists() and is_revision(others[0]))
        paths = words[count:]
        if all(":" not in path for path in paths):
            for path in paths:
                if not Path(path).exists():
                    find_revision(path)
                    raise CommandError(f"`{path}` is a revision: name revisions first and paths after them")
            return _of_revisions(words[:count], paths, usual)
    if len(others) > 1:
        raise CommandError(
            "several paths a side are named with --old and --new: `tocsin diff --old A --old B --new C`"
        )
    before = _side([first])
    return _completed(before, _side(others) if others else _counterpart(before, usual), usual)


def _of_revisions(words: Sequence[str], paths: Sequence[str], usual: Sequence[str]) -> tuple[Side, Side]:
    """One revision and the working tree, or two revisions, at the same paths."""
    if len(words) > 2:
        raise CommandError("before `--` there are at most two revisions")
    if named := next((word for word in words if ":" in word), None):
        raise CommandError(f"`{named}` has a path already: name the revision alone before `--`")
    before, *more = [Side((), find_revision(word)) for word in words]
    after = more[0] if more else _WORKING_TREE
    if paths:
        return before.with_paths(paths), after.with_paths(paths)
    return _completed(before, after, usual)


def _side(words: Sequence[str]) -> Side:
    """The side of some words: paths that exist, one revision, or paths of one revision."""
    if all(Path(word).exists() for word in words):
        return Side(tuple(words))
    if len(words) == 1 and ":" not in words[0]:
        return Side((), find_revision(words[0]))
    for word in words:
        if ":" not in word and not Path(word).exists():
            raise CommandError(f"there is nothing at {word}")
    names = {word.partition(":")[0] for word in words}
    if len(names) > 1:
        raise CommandError("the paths of one side are all of the working tree, or all of one revision")
    revision = find_revision(names.pop())
    return Side(tuple(dict.fromkeys(_path_of(word, revision) for word in words)), revision)


def _path_of(word: str, revision: Revision) -> str:
    """The path of `main:alerting/spec`, as git reads it: from the root, or with `./` from here."""
    path = word.partition(":")[2]
    if ".." in PurePosixPath(path).parts:
        raise CommandError(f"`{word}`: {revision.name} has no such path, as `..` leads out of it")
    if path == "." or path.startswith("./"):
        return revision.inside(path)
    found = PurePosixPath(path.strip("/")).as_posix()
    if revision.prefix and not revision.has(found) and revision.has(revision.inside(found)):
        raise CommandError(
            f"at {revision.name} there is nothing at {found}: did you mean `{revision.name}:./{found}`?"
        )
    return found


def _counterpart(before: Side, usual: Sequence[str]) -> Side:
    """What a side is compared with when no other one is named: the working tree."""
    if before.revision is not None:
        return Side(before.local_paths()) if before.paths else _WORKING_TREE
    if usual:
        return Side(tuple(usual))
    if not Path(_SPEC).exists():
        raise CommandError(f"there is no folder `{_SPEC}` here to compare with: name both sides")
    return Side((_SPEC,))


def _completed(before: Side, after: Side, usual: Sequence[str]) -> tuple[Side, Side]:
    """The sides, where one without paths has those of the other one, and two without have the default."""
    if before.paths and after.paths:
        return before, after
    if before.paths or after.paths:
        paths: Sequence[str] = (before if before.paths else after).local_paths()
    else:
        paths = usual or _default([side.revision for side in (before, after)])
    old, new = (side if side.paths else side.with_paths(paths) for side in (before, after))
    return old, new


def _default(revisions: Sequence[Revision | None]) -> Sequence[str]:
    """What `tocsin check` takes here: the folder `spec` where there is one, else this folder."""
    there = any(one is not None and one.has(one.inside(_SPEC)) for one in revisions)
    return [_SPEC if there or Path(_SPEC).exists() else _HERE]
