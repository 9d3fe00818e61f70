"""What the path of a file says about it where its content does not."""

from __future__ import annotations

from pathlib import PurePath

from tocsin.text.regex_on_use import regex_on_use

_OF_TEMPLATES = frozenset(
    {".tmpl", ".tpl", ".template", ".in", ".envsubst", ".j2", ".jinja", ".jinja2", ".erb"}
)
_OF_PROGRAMS = frozenset(
    {".go", ".py", ".rb", ".js", ".ts", ".jsx", ".tsx", ".java", ".kt", ".scala", ".rs", ".c", ".cc", ".cpp"}
    | {".h", ".cs", ".php", ".lua", ".pl", ".sh", ".bash", ".ps1", ".nix", ".tf", ".hcl", ".sql", ".html"}
)
_OF_JINJA = frozenset({".j2", ".jinja", ".jinja2"})
_OF_NOTES = frozenset({".txt", ".log"})
_CALLED_TEMPLATE = regex_on_use(r"(?:^|[._-])(?:template|tmpl|tpl)(?:$|[._-])")
_CALLED_SAMPLE = regex_on_use(r"(?:^|[._-])(?:example|sample|dist|old|bak|backup|orig)s?(?:$|[._-])")
_FOLDER_OF_SAMPLES = regex_on_use(
    r"(?:^|[._-])(?:examples?|samples?|demo|docs?|tests?|test-?data|testing|e2e|fixtures?|golden|mocks?"
    r"|archived?|archives|attic|backups?|old|deprecated|disabled)(?:$|[._-])"
)
_OF_CHART = regex_on_use(r"(?:^|[/_.-])values(?:[_.-][^/]*)?$")
_OF_ANSIBLE = regex_on_use(r"(?:^|/)(?:group_vars|host_vars|vars|defaults)/")
_POST_BUILD = regex_on_use(r"(?m)^[ \t]*postBuild[ \t]*:")
_OF_THANOS = regex_on_use(r"(?:^|[/_.-])thanos(?:[/_.-]|$)")
_OF_VICTORIA = regex_on_use(r"(?:^|[/_.-])(?:vm-?alerts?|vm-?rules?|victoria-?metrics)(?:[/_.-]|$)")


def is_template_name(name: str) -> bool:
    """Whether the name says that another program, such as `envsubst`, fills the file in."""
    path = PurePath(name)
    return path.suffix.lower() in _OF_TEMPLATES or _CALLED_TEMPLATE.search(path.stem.lower()) is not None


def is_program_name(name: str) -> bool:
    """Whether a file is a program, whose strings may show rules and routes, as in its tests."""
    return PurePath(name).suffix.lower() in _OF_PROGRAMS


def is_jinja_name(name: str) -> bool:
    """Whether the name says that the file is a Jinja template."""
    return PurePath(name).suffix.lower() in _OF_JINJA


def is_of_victoria(name: str) -> bool:
    """Whether vmalert evaluates the rules of a file, by its path: VictoriaMetrics reads more than PromQL.

    It also takes one series without labels for a number, so that a join with it finds its partners.
    """
    return _OF_VICTORIA.search(name.lower()) is not None


def is_of_thanos(name: str) -> bool:
    """Whether the rules of a file are those of Thanos' ruler by its path, or those about Thanos itself."""
    return _OF_THANOS.search(name.lower()) is not None


def holds_variables(name: str) -> bool:
    """Whether a file holds the values of a chart or variables of Ansible, by its path."""
    return _OF_CHART.search(name.lower()) is not None or holds_ansible_variables(name)


def holds_ansible_variables(name: str) -> bool:
    """Whether a file holds variables of Ansible, by its path: it renders them first."""
    return _OF_ANSIBLE.search(name.lower()) is not None


def is_sample_name(name: str) -> bool:
    """Whether a file is an example or a backup copy: `alertmanager.yml.example`, `rules.old.yml`."""
    return _CALLED_SAMPLE.search(PurePath(name).name.lower()) is not None


def is_beside_what_runs(name: str) -> bool:
    """Whether a file is an example, a test, a text to read or put aside, by its name or a folder."""
    path = PurePath(name)
    folders = path.parts[:-1]
    if is_sample_name(name) or path.suffix.lower() in _OF_NOTES:
        return True
    return any(_FOLDER_OF_SAMPLES.search(one.lower()) for one in folders)


def is_filled_in_by_flux(text: str) -> bool:
    """Whether a text tells Flux to fill in the variables of resources, and to make `$` of `$$` there.

    Source: `spec.postBuild` of a Kustomization of kustomize.toolkit.fluxcd.io.
    """
    return "kustomize.toolkit.fluxcd.io" in text and _POST_BUILD.search(text) is not None
