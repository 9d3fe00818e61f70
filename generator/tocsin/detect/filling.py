"""Programs that scripts call to fill a file in before anybody reads it: `envsubst`, `sed`, `templatefile`."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROGRAMS = regex_on_use(
    r"(?<![\w.-])(?P<program>envsubst|sed|perl|gomplate|dockerize|consul-template|confd|templatefile|eval)\b"
)
"""What replaces something in a file; `eval` does in a text that a script makes of one."""
_ENGINES = frozenset({"gomplate", "dockerize", "consul-template", "confd"})
_BY_PATTERN = frozenset({"sed", "perl"})
_CONTINUED = regex_on_use(r"\\\n[ \t]*")
_SUBSTITUTION = regex_on_use(r"\bs(?P<mark>[|/#,@!:%~])(?P<from>(?:\\.|(?!(?P=mark))[^\n]){1,200}?)(?P=mark)")
_WORD = regex_on_use(r"[A-Za-z_][A-Za-z0-9_.-]{3,}|[A-Z_]{2,}")
_QUOTED = regex_on_use(r"'(?P<single>[^'\n]*)'|\"(?P<double>[^\"\n]*)\"")
_VARIABLE = regex_on_use(r"\$\{?[ \t]*([A-Za-z_]\w*)")
_ASSIGNED = regex_on_use(
    r"(?m)(?:^|[;\s])(?:export[ \t]+|local[ \t]+|ENV[ \t]+)?([A-Za-z_]\w*)=[\"']?([^\s\"';]+)"
)
_LOOP = regex_on_use(r"\bfor[ \t]+(\w+)[ \t]+in[ \t]+([^;\n]+)")
_DEFAULT = regex_on_use(r"\$\{\w+:?-([^{}]*)\}")
_OUTPUT = regex_on_use(
    r"(?:>>?|\btee\b(?:[ \t]+-a)?|[ \t]-o\b|[ \t]--out(?:put)?\b)[ \t=]*[\"']?[^\s\"';|&]+"
)
_TOKEN = regex_on_use(r"[^\s\"'`<>|;&(),\[\]]+")
_UNKNOWN_FOLDER = regex_on_use(r"^(?:\$\{[^}]*\}|\$\([^)]*\)|\$\w+|~)/")
_COPIED = regex_on_use(
    r"(?<![\w.$%{}/~-])(?P<from>[\w.$%{}/~-]++):(?P<to>/[\w./-]+)"
    r"|\b(?:COPY|ADD|cp|mv|install)[ \t]+(?:-\S+[ \t]+)*(?P<source>[^\s\"']+)"
    r"[ \t]+[\"']?(?P<target>[^\s\"';&|]+)"
)
_MOST_LINES = 4
_LONGEST_STATEMENT = 100_000


class Script(NamedTuple):
    """A script, build file or workflow; its path leads from the root of the repository."""

    path: str
    text: str


@value_object
class Filling:
    """What a call of such a program replaces in a file."""

    program: str
    words: frozenset[str] | None
    """Names of variables, or pieces of what is replaced; None where it is whatever the program knows."""

    def fills(self, text: str) -> bool:
        """Whether a value with a variable or a placeholder gets another one."""
        if self.program in _ENGINES:
            return "{{" in text
        if self.program in _BY_PATTERN:
            return self.words is None or any(word in text for word in self.words)
        names = set(_VARIABLE.findall(text))
        return bool(names) and (self.words is None or names <= self.words)


def fillings_of(path: str, scripts: Sequence[Script]) -> tuple[Filling, ...]:
    """What fills in the file at a path from the root of the repository, by the scripts there."""
    file = PurePosixPath(path)
    names = {file.name}
    for script in scripts:
        names.update(_other_names(file, script.text))
    return tuple(
        dict.fromkeys(filling for script in scripts for filling in _fillings_in(script, file, names))
    )


def _other_names(file: PurePosixPath, text: str) -> Iterator[str]:
    """What a file is called where a script copies it to, or a container has it."""
    for found in _COPIED.finditer(text):
        source, target = found["from"] or found["source"], found["to"] or found["target"]
        if PurePosixPath(source).name == file.name and PurePosixPath(target).suffix:
            yield PurePosixPath(target).name


def _fillings_in(script: Script, file: PurePosixPath, names: set[str]) -> Iterator[Filling]:
    if PROGRAMS.search(script.text) is None:
        return
    text = _CONTINUED.sub(" ", script.text)
    known = {name: value for name, value in _ASSIGNED.findall(text) if "$(" not in value}
    known |= {name: values.split(" do")[0] for name, values in _LOOP.findall(text)}
    lines = text.split("\n")
    is_own = script.path == str(file)
    for number, line in enumerate(lines):
        found = PROGRAMS.search(line)
        # What stands in a comment is not done, but for how the file itself is to be used.
        if found is None or line.lstrip().startswith(("#", "//")) is not is_own:
            continue
        statement = line
        if script.path.endswith((".yml", ".yaml")) and not _reads(line, known, script, file, names):
            # A folded text of YAML goes on in the next lines.
            statement = " ".join(lines[number : number + _MOST_LINES])
        if _reads(statement, known, script, file, names):
            yield Filling(found["program"], _words(found["program"], statement))


def _reads(
    statement: str, known: dict[str, str], script: Script, file: PurePosixPath, names: set[str]
) -> bool:
    """Whether a statement reads the file: what it writes does not count."""
    for token in _TOKEN.findall(_OUTPUT.sub(" ", _resolved(statement, known))):
        if _means(token, script, file, names):
            return True
    return False


def _resolved(statement: str, known: dict[str, str]) -> str:
    """The statement with the values of variables that the script sets, or their defaults."""
    for _ in range(3):
        before = statement
        for name in dict.fromkeys(_VARIABLE.findall(statement)):
            if name in known:
                if len(statement) + statement.count(name) * len(known[name]) > _LONGEST_STATEMENT:
                    # Values that name each other could grow without end.
                    return statement
                statement = statement.replace(f"${{{name}}}", known[name])
                statement = statement.replace(f"${name}", known[name])
        statement = _DEFAULT.sub(r"\1", statement)
        if statement == before:
            break
    return statement


def _means(token: str, script: Script, file: PurePosixPath, names: set[str]) -> bool:
    """Whether a word of a script is the path of the file: there, or in a container."""
    path = posixpath.normpath(_UNKNOWN_FOLDER.sub("", token).lstrip())
    name = posixpath.basename(path)
    if not any(fnmatchcase(one, name) for one in names) or not name.strip("*?"):
        return False
    if path.startswith("/") or token.startswith("$"):
        return True
    here = posixpath.dirname(script.path)
    if not posixpath.dirname(path):
        # It may have gone to any folder below its own.
        return file.is_relative_to(here or ".")
    written = (path, posixpath.normpath(posixpath.join(here, path)))
    return any(fnmatchcase(str(file), one) or fnmatchcase(str(file), f"*/{path}") for one in written)


def _words(program: str, statement: str) -> frozenset[str] | None:
    if program in _BY_PATTERN:
        patterns = [found["from"] for found in _SUBSTITUTION.finditer(statement)]
        words = frozenset(word for pattern in patterns for word in _WORD.findall(pattern))
        return words or None
    if program != "envsubst":
        return None
    quoted = [*_QUOTED.finditer(statement.split(program, 1)[1])]
    listed = [found["single"] or "" for found in quoted]
    # A shell has put in the values of those in double quotes, but for the ones behind a backslash.
    listed += [found["double"] for found in quoted if "\\$" in (found["double"] or "")]
    return frozenset(name for one in listed for name in _VARIABLE.findall(one.replace("\\", ""))) or None
