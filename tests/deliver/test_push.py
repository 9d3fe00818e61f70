"""What is sent to a ruler: what differs in meaning, in an order without a gap, and nothing of others."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.deliver.ruler_server import PATHS, serving
from tests.deliver.ruler_server import Ruler as Server

from tocsin.deliver.rulers.api import Credentials, Endpoint, RulerApi, RulerError, check_address
from tocsin.deliver.rulers.push import GroupChange, apply_changes, ruler_changes, ruler_tenants
from tocsin.engines.program import find_program
from tocsin.plan.model import Engine, Recording, Rule, RuleGroup, Ruler
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tocsin.plan.model import Plan

_PLACE = Place(("deliver", "mimir"), key=True)
_MIMIR = Ruler(Engine.PROMETHEUS, "shop", "tocsin-shop", 3, 0, _PLACE)
_FOREIGN = {
    "theirs": {"a": {"name": "a", "rules": [{"record": "a:b", "expr": "up"}]}},
    "tocsin-shop-checkout": {"b": {"name": "b", "rules": [{"record": "a:b", "expr": "up"}]}},
}


@pytest.fixture
def plan(shop_plan: Plan) -> Plan:
    """Recordings, an alert that reads one of them, and a group that is divided."""
    like = next(
        rule
        for group in shop_plan.rule_groups
        for rule in group.rules
        if isinstance(rule, Rule) and rule.engine is Engine.PROMETHEUS
    )
    alerts = tuple(
        replace(
            like,
            alert=f"A{number}",
            expr=f'sum by (job, instance) (rate(x{{b="2", a="1"}}[60m])) > {number}.10',
            for_="1h",
            keep_firing_for="5m",
            labels={"severity": "warning", "team": "web"},
            annotations={"summary": "{{ $value }} is: too much"},
        )
        for number in range(8)
    )
    recording = Recording(
        "job:x:rate", like.engine, "sum by (job) (rate(x[5m]))", {}, None, like.written, like.place
    )
    reading = replace(alerts[0], alert="Reading", expr="job:x:rate > 1")
    groups = (
        _group("alerts", alerts),
        _group("reading", (reading,)),
        _group("records", (recording,), query_offset="1m"),
    )
    return replace(shop_plan, rule_groups=groups, rulers=(_MIMIR,))


def _group(name: str, rules: tuple[Rule | Recording, ...], **more: Any) -> RuleGroup:
    place = Place(("groups", name), key=True)
    return RuleGroup(name, Engine.PROMETHEUS, None, f"{name}.yaml", "1m", rules, place, **more)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server(stored={"shop": copy.deepcopy(_FOREIGN)})) as ruler:
        yield ruler


def _api(server: Server, **more: Any) -> RulerApi:
    return RulerApi(Endpoint(server.url, PATHS[server.program], **more), "shop")


def _push(plan: Plan, server: Server, ruler: Ruler = _MIMIR) -> list[GroupChange]:
    done: list[GroupChange] = []
    api = _api(server)
    apply_changes(api, ruler_changes(plan, ruler, "shop", api.groups()), done.append)
    return done


def _foreign(server: Server) -> dict[str, Any]:
    return {name: server.stored["shop"].get(name) for name in _FOREIGN}


def _own(server: Server) -> dict[str, Any]:
    return server.stored["shop"]["tocsin-shop"]


def test_a_second_run_writes_nothing(plan: Plan, server: Server) -> None:
    assert _push(plan, server)
    assert {group["name"] for group in _own(server).values()} >= {"reading", "records"}
    server.asked.clear()
    assert _push(plan, server) == []
    assert server.writes() == []
    assert _foreign(server) == _FOREIGN


def test_recordings_come_first_and_what_is_removed_goes_last(plan: Plan, server: Server) -> None:
    server.stored["shop"]["tocsin-shop"] = {
        "old": {"name": "old", "rules": [{"record": "old", "expr": "up"}]},
        "older": {"name": "older", "rules": [{"alert": "Old", "expr": "old > 1"}]},
    }
    server.stored["shop"]["tocsin-shop-1of2"] = {"part": {"name": "part", "rules": []}}
    done = _push(plan, server)
    assert (done[0].group, done[-1].group) == ("records", "old")
    kinds = [one.kind for one in done]
    assert kinds == sorted(kinds, key=["added", "removed"].index)
    assert {(one.namespace, one.group) for one in done if one.kind == "removed"} == {
        ("tocsin-shop", "old"),
        ("tocsin-shop", "older"),
        ("tocsin-shop-1of2", "part"),
    }
    assert "tocsin-shop-1of2" not in server.stored["shop"]
    assert _foreign(server) == _FOREIGN


@pytest.mark.parametrize("failure", ["error", "lost", "silent"])
def test_a_run_that_fails_at_any_request_is_completed_by_the_next(
    failure: str, plan: Plan, server: Server
) -> None:
    old = {"old": {"name": "old", "rules": [{"alert": "Old", "expr": "up"}]}}
    server.stored["shop"]["tocsin-shop"] = copy.deepcopy(old)
    _push(plan, server)
    wanted, count = copy.deepcopy(server.stored), len(server.asked)
    server.failure = failure
    for number in range(count):
        server.stored = {"shop": {**copy.deepcopy(_FOREIGN), "tocsin-shop": copy.deepcopy(old)}}
        server.asked.clear()
        server.fails_at = number
        with pytest.raises(RulerError):
            _push(plan, server)
        assert _foreign(server) == _FOREIGN
        server.fails_at = None
        _push(plan, server)
        assert server.stored == wanted
        assert _push(plan, server) == []


def _replacing(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    return lambda rule: rule.update(expr=rule["expr"].replace(old, new))


_VARIANTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "parentheses": lambda rule: rule.update(expr=f"(({rule['expr']}))"),
    "a comment": lambda rule: rule.update(expr=f"{rule['expr']} # {rule.get('alert')}"),
    "the order of matchers": lambda rule: rule.update(
        expr=rule["expr"].replace('b="2", a="1"', 'a="1",b="2"')
    ),
    "another range": _replacing("[60m]", "[1h]"),
    "numbers": _replacing(".10", ".1"),
    "by behind": lambda rule: rule.update(
        expr=rule["expr"].replace("by (job, instance)", "by(instance,job)")
    ),
    "another for": lambda rule: rule.update({"for": "60m"}),
    "line breaks": _replacing(" > ", "\n  >\n"),
    "the order of labels": lambda rule: rule.update(labels=dict(reversed(rule["labels"].items()))),
}


@pytest.mark.parametrize("variant", _VARIANTS)
def test_another_spelling_is_no_change(variant: str, plan: Plan, server: Server) -> None:
    _push(plan, server)
    before = copy.deepcopy(_own(server))
    for group in _own(server).values():
        for rule in group["rules"]:
            if "alert" in rule:
                _VARIANTS[variant](rule)
    assert variant == "the order of labels" or _own(server) != before
    assert _push(plan, server) == []


def test_labels_of_the_group_are_those_of_its_rules(plan: Plan, server: Server) -> None:
    _push(plan, server)
    group = _own(server)["reading"]
    group["labels"] = {"team": group["rules"][0]["labels"].pop("team"), "severity": "critical"}
    assert _push(plan, server) == []


_EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "keep_firing_for": lambda group: group["rules"][0].update(keep_firing_for="6m"),
    "no keep_firing_for": lambda group: group["rules"][0].pop("keep_firing_for"),
    "for": lambda group: group["rules"][0].update({"for": "59m"}),
    "expression": lambda group: group["rules"][0].update(expr="job:x:rate > 2"),
    "operator": lambda group: group["rules"][0].update(expr="job:x:rate >= 1"),
    "label team": lambda group: group["rules"][0]["labels"].update(team="db"),
    "another label": lambda group: group["rules"][0]["labels"].update(more="x"),
    "annotation": lambda group: group["rules"][0]["annotations"].update(summary="{{ $value }} is too much"),
    "group label": lambda group: group.update(labels={"new": "x"}),
    "interval": lambda group: group.update(interval="2m"),
    "query_offset": lambda group: group.update(query_offset="2m"),
    "limit": lambda group: group.update(limit=7),
    "one rule more": lambda group: group["rules"].append({"record": "a:b", "expr": "up"}),
    "no rule": lambda group: group["rules"].clear(),
    "source_tenants": lambda group: group.update(source_tenants=["a", "b"]),
    "alert": lambda group: group["rules"][0].update(alert="Renamed"),
}


@pytest.mark.parametrize("edit", _EDITS)
def test_every_field_is_seen(edit: str, plan: Plan, server: Server) -> None:
    _push(plan, server)
    wanted = copy.deepcopy(_own(server))
    _EDITS[edit](_own(server)["reading"])
    [change] = _push(plan, server)
    assert (change.kind, change.group, len(change.differences)) == ("changed", "reading", 1)
    assert _own(server) == wanted


def test_the_order_of_rules_is_seen(plan: Plan, server: Server) -> None:
    _push(plan, server)
    name = next(name for name, group in _own(server).items() if len(group["rules"]) > 1)
    _own(server)[name]["rules"].reverse()
    assert [(one.kind, one.group) for one in _push(plan, server)] == [("changed", name)]


def test_where_there_is_no_room_what_goes_makes_it(plan: Plan, server: Server) -> None:
    _push(plan, server)
    count = sum(map(len, server.stored["shop"].values()))
    ruler = replace(_MIMIR, groups=count + 1)
    server.most_groups = count + 1
    renamed = tuple(replace(group, name=f"new-{group.name}") for group in plan.rule_groups)
    _push(replace(plan, rule_groups=renamed), server, ruler)
    assert all(name.startswith("new-") for name in _own(server))
    assert _foreign(server) == _FOREIGN


def test_loki_says_by_an_error_that_there_are_no_rules() -> None:
    with serving(Server(program="loki")) as server:
        assert _api(server).groups() == {}


def test_another_404_is_an_error(server: Server) -> None:
    api = RulerApi(Endpoint(f"{server.url}/base", PATHS["mimir"]), "shop")
    with pytest.raises(RulerError, match="answered 404: 404 page not found"):
        api.groups()


@pytest.mark.parametrize("answer", ["[1, 2]", "a: 5", "a: [1]", "a: [{rules: []}]", "<html>", "a: ["])
def test_what_is_no_list_of_groups_is_an_error(answer: str, server: Server) -> None:
    server.answer = answer
    with pytest.raises(RulerError, match="something else than rule groups"):
        _api(server).groups()


def test_no_redirect_is_followed(server: Server) -> None:
    with serving(Server()) as other:
        server.redirect = other.url + PATHS["mimir"]
        with pytest.raises(RulerError, match="answered 302"):
            _api(server, credentials=Credentials(token="s3cret")).groups()
        assert other.asked == []


@pytest.mark.parametrize(
    ("credentials", "sent"),
    [
        (Credentials(token="s3cret"), "Bearer s3cret"),
        (Credentials(user="me", password="s3cret"), "Basic bWU6czNjcmV0"),
    ],
)
def test_a_secret_is_sent_and_never_shown(credentials: Credentials, sent: str, server: Server) -> None:
    server.echoes = True
    with pytest.raises(RulerError) as caught:
        _api(server, credentials=credentials).groups()
    assert server.headers[0]["Authorization"] == sent
    assert "401" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert "bWU6czNjcmV0" not in str(caught.value)


def test_the_tenant_is_named_with_every_request(plan: Plan, server: Server) -> None:
    _push(plan, server)
    assert {headers.get("X-Scope-Orgid") or headers.get("X-Scope-OrgID") for headers in server.headers} == {
        "shop"
    }
    RulerApi(Endpoint(server.url, PATHS["mimir"]), "").groups()
    assert not any(name.lower() == "x-scope-orgid" for name in server.headers[-1])


def test_a_ruler_that_is_not_there_is_said() -> None:
    with pytest.raises(RulerError, match="no answer"):
        RulerApi(Endpoint("http://127.0.0.1:9", PATHS["mimir"], timeout=2), "").groups()


def test_whom_nobody_vouches_for_is_not_asked(tmp_path: Path) -> None:
    openssl = find_program("openssl")
    if openssl is None:
        pytest.skip("there is no openssl on PATH, which makes the certificate")
    certificate = tmp_path / "ruler.pem"
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ruler"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    openssl.run(made, cwd=tmp_path)
    certificate.write_bytes((tmp_path / "key.pem").read_bytes() + (tmp_path / "cert.pem").read_bytes())
    with serving(Server(), certificate) as server:
        with pytest.raises(RulerError, match="certificate verify failed"):
            _api(server, credentials=Credentials(token="s3cret")).groups()
        assert server.asked == []
        assert _api(server, ca_file=tmp_path / "cert.pem").groups() == {}


@pytest.mark.parametrize(
    ("address", "sound"),
    [
        ("https://mimir.example", True),
        ("http://mimir.monitoring.svc:8080/base/", True),
        ("mimir.example", False),
        ("ftp://mimir.example", False),
        ("https://me:s3cret@mimir.example", False),
        ("https://mimir.example?x=1", False),
        ("https://mimir.example:port", False),
        ("https://mimir.example/\r\nX: y", False),
        ("https://mimir.example/\x7f", False),
        ("https://", False),
        ("", False),
    ],
)
def test_an_address_is_judged_before_it_is_used(address: str, sound: bool) -> None:
    fault = check_address(address)
    assert (fault is None) is sound
    assert "s3cret" not in (fault or "")


def test_the_tenants_are_those_with_rules_and_further_ones(plan: Plan) -> None:
    assert ruler_tenants(plan, _MIMIR, ["left", "shop"]) == ("shop", "left")
    assert ruler_tenants(replace(plan, rule_groups=()), _MIMIR) == ("shop",)
    assert ruler_tenants(replace(plan, rule_groups=()), replace(_MIMIR, tenant=None)) == ("",)


def test_a_tenant_with_many_rules_is_read(server: Server) -> None:
    long = "up # " + "x" * 400_000
    group = yaml.safe_dump([{"name": "a", "rules": [{"record": "a:b", "expr": long}]}], width=1_000_000)
    names = ["a", "true", "5", "with: colon", "- dash", "é", "x y", *(f"n{number}" for number in range(100))]
    server.answer = "".join(f"{_key(name)}:\n{group}" for name in names)
    assert len(server.answer) > 40_000_000
    found = _api(server).groups()
    assert [*found] == names
    assert {group.rules[0].expr for groups in found.values() for group in groups} == {long}


def _key(name: str) -> str:
    return yaml.safe_dump({name: 0}, allow_unicode=True).rpartition(":")[0]
