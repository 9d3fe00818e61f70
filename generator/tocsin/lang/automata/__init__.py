"""Sets of texts given by regular expressions: whether any text is in some and not in others, and which."""

from tocsin.lang.automata.search import UndecidedError, compatible, witness
from tocsin.lang.automata.syntax import UnsupportedError, finite_texts, known_ends

__all__ = ["UndecidedError", "UnsupportedError", "compatible", "finite_texts", "known_ends", "witness"]
