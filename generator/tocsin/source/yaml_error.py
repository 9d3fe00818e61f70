"""What is wrong with a YAML text as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.source.document import Span


@value_object
class YamlError:
    """One thing that is wrong, where, and how to put it right."""

    message: str
    span: Span
    related: tuple[tuple[Span, str], ...] = ()
    help: str | None = None
    is_taken_by_configurations: bool = False
    """Whether Prometheus and Alertmanager load a configuration with it, though no file of rules."""
