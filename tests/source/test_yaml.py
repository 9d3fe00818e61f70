import math
import re
import tracemalloc
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.source import Document, MappingNode, ScalarNode, Span, plain_data, read_yaml
from tocsin.source.resolve import WrittenFloat

LOADERS = [pyyaml.SafeLoader, *([pyyaml.CSafeLoader] if pyyaml.__with_libyaml__ else [])]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def _either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.source.parse.LOADER", request.param)


def data(text: str) -> object:
    reading = read_yaml(Document("a.yaml", text))
    assert reading.faults == ()
    assert reading.node is not None
    return plain_data(reading.node)


def fault(text: str) -> tuple[str, str, str | None]:
    """Message, underlined text and help of the only fault."""
    (found,) = read_yaml(Document("a.yaml", text)).faults
    return found.message, text[found.span.start : found.span.end], found.help


def written(text: str, span: Span) -> str:
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("~", None), ("null", None), ("", None), ("true", True), ("FALSE", False),
        ("yes", "yes"), ("on", "on"), ("No", "No"), ("12:30", "12:30"), ("2024-01-01", "2024-01-01"),
        ("1_000", "1_000"), ("10", 10), ("010", 10), ("-3", -3), ("0x1F", 31), ("0o17", 15), ("0b1", "0b1"),
        ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), ("-.inf", -math.inf), ("5m", "5m"), ("-", None),
        ("'10'", "10"), ('"null"', "null"), ("!!str 10", "10"), ("! 10", "10"), ('!!int "5"', 5),
        ("!!float 5", 5.0), ("!!float 5.50", 5.5), ("!!bool 'true'", True), ("!!null ''", None), ("=", "="),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("_either_parser")
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    read = data(f"a: {text}") if text != "-" else {"a": None}
    assert read == {"a": value}
    assert isinstance(read, dict)
    kind = type(read["a"])
    assert (float if kind is WrittenFloat else kind) is type(value)


def test_nan() -> None:
    assert math.isnan(data(".nan"))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff"])
def test_an_empty_file_is_no_fault(text: str) -> None:
    reading = read_yaml(Document("a.yaml", text))
    assert reading.faults == ()
    assert reading.node is None


@pytest.mark.parametrize("start", ["", "\ufeff", "# é\r\n", "---\n"])
@pytest.mark.usefixtures("_either_parser")
def test_nodes_know_where_they_are_written(start: str) -> None:
    text = start + "ção: &x !!str  'é'\nlist:\n- {a: [1, 2]}\n- *x\n\n# end\nblock: &b\n  k: |\n    t\n"
    node = read_yaml(Document("a.yaml", text)).node
    assert isinstance(node, MappingNode)
    entries = node.entries
    assert written(text, entries["ção"].key.span) == "ção"
    assert written(text, entries["ção"].value.span) == "'é'"
    assert written(text, entries["list"].value.span) == "- {a: [1, 2]}\n- *x"
    assert written(text, entries["block"].value.span) == "k: |\n    t\n"
    assert entries["list"].value.items[1] is entries["ção"].value  # type: ignore[union-attr]


def test_merge_keys_give_way_to_explicit_ones() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 0\nd: {x: 5, <<: *b}\n"
    read: Any = data(text)
    assert read["c"] == {"x": 0, "y": 1, "z": 2}
    assert read["d"] == {"x": 5, "y": 2, "z": 2}
    assert data("'<<': 1") == {"<<": 1}


def test_keys_that_are_no_strings_become_their_text() -> None:
    assert data("1: a\ntrue: b\n~: c\n1.50: d") == {"1": "a", "true": "b", "~": "c", "1.50": "d"}


def test_a_key_given_twice() -> None:
    text = "a: 1\nb: 2\na: 3\n"
    reading = read_yaml(Document("a.yaml", text))
    (found,) = reading.faults
    assert found.span.line == 3
    assert [(span.line, note) for span, note in found.related] == [(1, "first defined here")]
    assert reading.node is not None
    assert plain_data(reading.node) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("text", "message", "under"),
    [
        ("a: 1\n---\nb: 2\n", "a file holds one YAML document, and here a second one begins", "---"),
        ("a: !env HOME", "the tag `!env` has no meaning here", "!env HOME"),
        ("a: !!python/name:os.system x", "the tag `!!python/name:os.system` has no meaning here", None),
        ("a: !!int x", "this is not a valid `!!int`", "!!int x"),
        ("a: !!set {x}", "the tag `tag:yaml.org,2002:set` has no meaning here", None),
        ("? [a, b]\n: 1\n", "a key is a word, not a mapping or a list", "[a, b]"),
        ("a: {{ $value }}", "a key is a word, not a mapping or a list", "{ $value }"),
        ("a: *x", "there is no `&x` before this alias", "*x"),
        ("a: &x [*x]", "`*x` stands inside of what it refers to", "*x"),
        ("a: 1\n<<: 5", "`<<` takes a mapping, or a list of mappings", "<<"),
        ("a: b\x07c", "the character U+0007 is not allowed in YAML", "\x07"),
        ("a: \ud800", "the character U+D800 is not allowed in YAML", "\ud800"),
        ("a: " + "9" * 5000, "the number has more than 400 digits", "9" * 5000),
        ("a: 0x" + "9" * 5000, "the number has more than 400 digits", None),
        ("[" * 100_000, "values are nested more than 64 deep", "["),
    ],
)
@pytest.mark.usefixtures("_either_parser")
def test_faults(text: str, message: str, under: str | None) -> None:
    said, underlined, _help = fault(text)
    assert said == message
    assert under is None or underlined == under


@pytest.mark.parametrize(
    ("text", "line", "message", "help"),
    [
        ("a:\n\tb: 1\n", 2, "a tab cannot be used", "use spaces"),
        ("a:\n  b: 1\n\tc: 2\n", 3, "a tab cannot be used", "use spaces"),
        ("a: error: it broke\n", 1, "a `: ` is not allowed here", "quotes"),
        ("a:1\nb: 2\n", 2, "a `: ` is not allowed here", "space after the colon"),
        ("b: 2\na:1\n", 2, "a `:` is missing", "space after the colon"),
        ("a: @home\n", 1, "cannot start with `@`", "quotes"),
        ("a: `x`\n", 1, "cannot start with ``", "quotes"),
        ("a: %x\n", 1, "cannot start with `%`", "quotes"),
        ("a: {{ $v }} is high\nb: 1\n", 1, "not a mapping", "quotes"),
        ('a: "\\d+"\n', 1, "escape does not exist", "single quotes"),
        ("a: 'open\nb: 2\n", 1, "never closed", "close"),
        ("a: [1, 2\nb: 3\n", 2, "the list is not closed", "]"),
        ("a: 1\n b: 2\n", 2, "is not allowed here", "start it in column 1, as `a` in line 1"),
        ("a:\n- b: 1\nc: [d]\n  e: 2\n- f", 4, "", "start it in column 1, as `c` in line 3"),
        (
            "l:\n  - a: 1\n  b: [c]\n",
            3,
            "does not fit",
            "start it in column 5, as `a` in line 2",
        ),
    ],
)
@pytest.mark.usefixtures("_either_parser")
def test_syntax_errors_are_said_in_plain_words(text: str, line: int, message: str, help: str) -> None:
    (found,) = read_yaml(Document("a.yaml", text)).faults
    assert found.span.line == line, found
    assert message in found.message
    assert help in (found.help or "")


def test_a_billion_laughs_are_cut_short() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    message, _under, _help = fault("\n".join(lines))
    assert message == "the aliases stand for more than 100,000 values"


def test_depth_counts_through_aliases() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 100))]
    message, _under, _help = fault("\n".join(lines))
    assert message == "values are nested more than 64 deep"


def test_a_file_can_be_too_large() -> None:
    assert fault("é" * (16 * 1024 * 1024 + 1))[0] == "the file is larger than 32 MiB"


_CHUNKS = st.sampled_from(
    [*"[]{}:,-?&*!|>'\"%@`#\t \n\r\\", ": ", "- ", "a", "&a ", "*a", "!!int ", "<<", "---\n",
     "...\n", "%YAML 1.1\n",
     "\n  ", "|2\n", ">-\n", "\\x4", "\ufeff", "\x85", "\u2028", "é", "\x00", "\ud800", "10", "? ", "!<"]
)  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(_CHUNKS, max_size=25).map("".join) | st.text(max_size=40), st.sampled_from(LOADERS))
def test_no_text_raises_and_faults_lie_inside(text: str, loader: type) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tocsin.source.parse.LOADER", loader)
        reading = read_yaml(Document("a.yaml", text))
    for found in reading.faults:
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert found.message
    if reading.node is not None:
        plain_data(reading.node)


def _is_text_for_both(text: str) -> bool:
    """Whether YAML 1.2 takes for text what PyYAML, which follows 1.1, writes without quotes: not `0E0`."""
    return not re.fullmatch(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?|0o[0-7]+", text)


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(codec="utf-8"), max_size=12).filter(_is_text_for_both),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abcé: ", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(_VALUES, st.booleans(), st.booleans())
def test_what_pyyaml_writes_is_read_back(value: object, flow: bool, unicode: bool) -> None:
    text = pyyaml.safe_dump(value, default_flow_style=flow, allow_unicode=unicode)
    if not any(char in text for char in "\ufeff\x85\u2028\u2029"):
        assert data(text) == value or (isinstance(value, dict) and "<<" in value)


def test_nodes_are_small() -> None:
    text = "".join(f"- {{a: b{n}, c: {n}}}\n" for n in range(20_000))
    document = Document("a.yaml", text)
    tracemalloc.start()
    node = read_yaml(document).node
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert node is not None
    assert used / (20_000 * 5) < 260
    assert not hasattr(ScalarNode(document, 0, 1, "plain", "a", "a"), "__dict__")
