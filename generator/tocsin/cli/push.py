"""`tocsin push`: the ruler of Mimir or Loki gets the rules of a spec."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.options import environment_option, format_option, spec_argument
from tocsin.cli.planning import load_or_exit
from tocsin.cli.refusal import refuse_unloadable
from tocsin.errors import CommandError
from tocsin.text.differing_parts import differing_parts
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.deliver.rulers.api import Credentials, Endpoint
    from tocsin.deliver.rulers.push import GroupChange
    from tocsin.plan.model import Plan, Ruler

_PATHS = {"mimir": "/prometheus/config/v1/rules", "loki": "/loki/api/v1/rules"}
_MARKS = {"added": "+", "changed": "~", "removed": "-"}
_SHOWN = 5
_secret_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=Command)
@click.argument("program", type=click.Choice(list(_PATHS)))
@spec_argument
@click.option("--apply/--plan", "applies", help="Make the changes, or only show them, which is the default.")
@click.option("--address", metavar="URL", help="Address of the ruler, or MIMIR_ADDRESS or LOKI_ADDRESS.")
@click.option("--path", metavar="PATH", help="Path of its rules API, where it is not the usual one.")
@click.option(
    "--token-file",
    type=_secret_file,
    help="File with a bearer token, or MIMIR_AUTH_TOKEN or LOKI_AUTH_TOKEN.",
)
@click.option("--user", metavar="NAME", help="User, or MIMIR_API_USER or LOKI_API_USER.")
@click.option(
    "--password-file",
    type=_secret_file,
    help="File with the user's password, or MIMIR_API_KEY or LOKI_API_KEY.",
)
@click.option("--ca-file", type=_secret_file, help="File with the certificates to trust.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1, max=600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the ruler may be silent.",
)
@click.option(
    "--tenant",
    "tenants",
    multiple=True,
    metavar="NAME",
    help="A further tenant, of which the spec has no rules any more; may be repeated.",
)
@environment_option
@format_option
def push(
    program: str,
    spec: Path,
    applies: bool,
    address: str | None,
    path: str | None,
    token_file: Path | None,
    user: str | None,
    password_file: Path | None,
    ca_file: Path | None,
    timeout: float,
    tenants: tuple[str, ...],
    environment: str | None,
    form: str,
) -> None:
    """Compare the rules of the spec in the folder SPEC with those of a ruler, and upload the differences.

    The spec says which namespaces are its own, under `deliver: mimir:` or `deliver: loki:`; no other is ever
    changed. Another spelling of the same rule does not count. Recordings are sent before alerts, and what the
    spec no longer has is removed last. The next run completes an interrupted one.

    Exit codes: 0 there was nothing to change, or it was changed; 1 without --apply, something would change; 2
    the command could not do its work.
    """
    from tocsin.deliver.rulers.api import Endpoint, RulerError

    plan, ruler = _planned(spec, program, environment, form, applies)
    base = _address(program, address)
    credentials = _credentials(program, token_file, user, password_file)
    endpoint = Endpoint(base, _checked_path(path or _PATHS[program]), credentials, ca_file, timeout)
    try:
        changes = _push(plan, ruler, endpoint, _checked_tenants(tenants), applies)
    except RulerError as error:
        raise CommandError(str(error)) from None
    _show(changes, base, applies, form)
    sys.exit(1 if changes and not applies else 0)


def _planned(
    spec: Path, program: str, environment: str | None, form: str, applies: bool
) -> tuple[Plan, Ruler]:
    """The plan of a sound spec, and its ruler; what is wrong with the spec is shown."""
    try:
        made = load_or_exit((spec,), form, environment=environment, needs_name=applies)
        if not made.is_spec:
            raise CommandError(f"{spec} does not contain a spec; rules are sent from a spec")
        ruler = _ruler(made.plan, program)
        refuse_unloadable(made, form)
    except SystemExit:
        # 1 says that something would change, which nobody knows.
        click.echo("the rules cannot be compared with those of the ruler until this is fixed", err=True)
        sys.exit(2)
    return made.plan, ruler


def _push(
    plan: Plan, ruler: Ruler, endpoint: Endpoint, further: Sequence[str], applies: bool
) -> list[GroupChange]:
    """What is planned for all tenants, and done if asked for; RulerError when that fails."""
    from tocsin.deliver.rulers.api import RulerApi, RulerError
    from tocsin.deliver.rulers.push import apply_changes, ruler_changes, ruler_tenants

    asked = [(tenant, RulerApi(endpoint, tenant)) for tenant in ruler_tenants(plan, ruler, further)]
    planned = [(tenant, api, ruler_changes(plan, ruler, tenant, api.groups())) for tenant, api in asked]
    done: list[GroupChange] = []
    count = sum(len(changes) for _, _, changes in planned)
    for tenant, api, changes in planned if applies else ():
        try:
            apply_changes(api, changes, done.append)
        except RulerError as error:
            raise RulerError(f"{error}; {len(done)} of {count} changes are done, run it again") from None
        if changes and (left := ruler_changes(plan, ruler, tenant, api.groups())):
            names = ", ".join(f"{one.namespace}/{one.group}{_details(one)}" for one in left[:_SHOWN])
            raise RulerError(f"the ruler has other rules than it was sent: {names}")
    return [change for _, _, changes in planned for change in changes]


def _details(change: GroupChange) -> str:
    return f" ({'; '.join(one.what for one in change.differences[:_SHOWN])})" if change.differences else ""


def _ruler(plan: Plan, program: str) -> Ruler:
    engine = "prometheus" if program == "mimir" else "loki"
    found = next((ruler for ruler in plan.rulers if ruler.engine.value == engine), None)
    if found is None:
        raise CommandError(
            f"the spec does not say in which namespace the rules are: write `deliver: {{{program}: "
            f"{{namespace: tocsin-{plan.project.name}}}}}`"
        )
    return found


def _address(program: str, address: str | None) -> str:
    from tocsin.deliver.rulers.api import check_address

    variable = f"{program.upper()}_ADDRESS"
    found = address or os.environ.get(variable)
    if not found:
        raise CommandError(f"nothing says where the ruler is: give `--address`, or set {variable}")
    if (fault := check_address(found)) is not None:
        raise CommandError(f"the address of the ruler cannot be used: {fault}")
    return found


def _checked_path(path: str) -> str:
    from tocsin.deliver.rulers.api import check_path

    if (fault := check_path(path)) is not None:
        raise CommandError(f"the path of the API cannot be used: {fault}")
    return path


def _credentials(
    program: str, token_file: Path | None, user: str | None, password_file: Path | None
) -> Credentials:
    from tocsin.deliver.rulers.api import Credentials

    prefix = program.upper()
    token = _secret(token_file, f"{prefix}_AUTH_TOKEN")
    name = user or os.environ.get(f"{prefix}_API_USER") or None
    password = _secret(password_file, f"{prefix}_API_KEY")
    if token is not None and (name is not None or password is not None):
        raise CommandError("there is a token, and a user or a password as well: the ruler takes one of them")
    if password is not None and name is None:
        raise CommandError(f"there is a password, but no user: give `--user`, or set {prefix}_API_USER")
    return Credentials(token, name, password or "")


def _secret(file: Path | None, variable: str) -> str | None:
    """A secret from its file or variable; CommandError, which does not show it, when it can be none."""
    where = variable if file is None else str(file)
    text = os.environ.get(variable) if file is None else file.read_bytes().decode("utf-8", "replace")
    if text is None or (file is None and not text):
        return None
    secret = text.rstrip("\r\n")
    if not secret or not (secret.isascii() and secret.isprintable()):
        raise CommandError(f"{where} holds no secret: one line of plain characters is needed")
    return secret


def _checked_tenants(tenants: tuple[str, ...]) -> tuple[str, ...]:
    from tocsin.lang.names import is_slug

    for tenant in tenants:
        if not is_slug(tenant):
            raise CommandError(f"`{tenant}` cannot be the name of a tenant")
    return tenants


def _show(changes: Sequence[GroupChange], address: str, applied: bool, form: str) -> None:
    if form == "json":
        import orjson

        click.echo(orjson.dumps([_as_value(one) for one in changes], option=orjson.OPT_INDENT_2).decode())
        return
    for change in changes:
        rules = f"{change.rules} {'rule' if change.rules == 1 else 'rules'}"
        tenant = f"{change.tenant}: " if change.tenant else ""
        click.echo(visible_line(f"{_MARKS[change.kind]} {tenant}{change.namespace}/{change.group}: {rules}"))
        for one in change.differences[:_SHOWN]:
            at = f"{one.rule}: " if one.rule else ""
            before, after = ("none" if side is None else side for side in (one.before, one.after))
            sides = " → ".join(differing_parts(before, after))
            click.echo(visible_line(f"    {at}{one.what}: {sides}"))
        if len(change.differences) > _SHOWN:
            click.echo(f"    and {len(change.differences) - _SHOWN} more differences")
    if not changes:
        click.echo(f"{address} has the rules of the spec: there is nothing to do")
        return
    counts = [f"{sum(one.kind == kind for one in changes)} {kind}" for kind in _MARKS]
    how = "done" if applied else "planned, `--apply` does it"
    click.echo(f"{address}: {', '.join(count for count in counts if not count.startswith('0 '))}: {how}")


def _as_value(change: GroupChange) -> dict[str, object]:
    return {
        "change": change.kind,
        "tenant": change.tenant,
        "namespace": change.namespace,
        "group": change.group,
        "rules": change.rules,
        "differences": [
            {"rule": one.rule, "what": one.what, "before": one.before, "after": one.after}
            for one in change.differences
        ],
    }
