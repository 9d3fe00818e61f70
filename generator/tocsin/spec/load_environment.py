"""From a spec that was read to the spec of one of its environments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tocsin.diagnostics.model import sort_diagnostics
from tocsin.diagnostics.secrets import mask_secrets
from tocsin.source.node import plain_data
from tocsin.source.place import Sources
from tocsin.spec.environment_tree import environment_tree, has_environments, wrong_environments
from tocsin.spec.mistakes.diagnose import Diagnosis
from tocsin.spec.model import Spec
from tocsin.spec.recover import Mistake, recover_spec

if TYPE_CHECKING:
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.spec.load import Loaded


def load_environment(loaded: Loaded, name: str | None) -> Loaded:
    """What the spec is in the environment of this name; itself, where something is wrong with it.

    None is the name in a spec that has no environments.
    """
    root = loaded.sources.root
    if loaded.spec is None or root is None or not has_environments(root):
        return loaded
    found: list[Diagnostic] = [*wrong_environments(root)]
    root = environment_tree(root, name)
    sources, data = Sources(root), plain_data(root)
    diagnosis = Diagnosis(data, sources, Spec)
    details: list[Any] = []
    spec: Spec | None = None
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        details += error.errors(include_url=False)
    found += map(diagnosis.diagnostic, diagnosis.relevant(details))
    if not found:
        return replace(loaded, spec=spec, sources=sources)
    mistakes = [Mistake(diagnosis.path(one), one["type"], diagnosis.key_meant(one)) for one in details]
    told = sort_diagnostics(mask_secrets(found, loaded.secrets))
    return replace(loaded, spec=None, sources=sources, diagnostics=told, rest=recover_spec(root, mistakes))
