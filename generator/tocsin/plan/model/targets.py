"""The releases of the programs that a plan's files are for."""

from __future__ import annotations

from tocsin.value_object import value_object


@value_object
class Targets:
    """The oldest release of each program, as `3.5`; None where nobody said it, so that nothing is judged."""

    prometheus: str | None = None
    alertmanager: str | None = None
    operator: str | None = None
    """The Prometheus operator."""
    features: frozenset[str] = frozenset()
    """What is enabled in Prometheus by `--enable-feature`."""
    by_option: bool = False
    """Whether the command line names them, and not the spec."""
