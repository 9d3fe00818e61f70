"""The releases that `--target` names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.plan.model import Targets

_KEYS = ("prometheus", "alertmanager", "features")


def read_targets(options: Iterable[str]) -> Callable[[Targets], Targets]:
    """A function that sets the targets of a plan to the named ones; CommandError for an unknown name."""
    from dataclasses import replace

    from tocsin.lang.alertmanager.releases import check_alertmanager
    from tocsin.lang.errors import LangError
    from tocsin.lang.promql.releases import FEATURES, check_prometheus

    named: dict[str, str] = {}
    for option in options:
        key, separator, value = option.partition("=")
        if not separator or key not in _KEYS:
            raise CommandError(
                f"`--target {option}` names no target: write for example `--target prometheus=3.5`; "
                f"the keys are {', '.join(f'`{one}`' for one in _KEYS)}"
            )
        if key in named:
            raise CommandError(f"`--target {key}=…` is there twice")
        named[key] = value
    for key, judge in (("prometheus", check_prometheus), ("alertmanager", check_alertmanager)):
        try:
            if key in named:
                judge(named[key])
        except LangError as error:
            help_ = "" if error.fix is None else f": write `--target {key}={error.fix}`"
            raise CommandError(f"--target {key}: {error.reason}{help_}") from None
    features = [one for one in named.get("features", "").split(",") if one]
    for feature in features:
        if feature not in FEATURES:
            raise CommandError(
                f"--target features: no query depends on `{feature}`; "
                f"those that matter are {', '.join(FEATURES)}"
            )

    def change(targets: Targets) -> Targets:
        return (
            targets
            if not named
            else replace(
                targets,
                prometheus=named.get("prometheus", targets.prometheus),
                alertmanager=named.get("alertmanager", targets.alertmanager),
                features=frozenset(features) if "features" in named else targets.features,
                by_option=True,
            )
        )

    return change
