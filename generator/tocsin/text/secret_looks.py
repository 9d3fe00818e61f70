"""Secrets that are recognised by their look alone: tokens of known services, URLs, headers.

The forms are those that the services document, and that gitleaks and GitHub's secret scanning look for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import re2

from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_KEYS = r"(?:key|token|secret|passw(?:or)?d|passwd|pwd|credentials?|signature|sig|auth|pagerduty|opsgenie)"
_HEX = r"[0-9a-fA-F]"
_UUID = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"

# In each pattern, the group `secret` is what nobody may see. Every repetition is bounded, or ends at a
# character that the next part begins with: the time grows with the length of the text, not with its square.
_PATTERNS = tuple(
    regex_on_use(pattern)
    for pattern in (
        # Addresses with a user and a password, or with a token as the user.
        r"://(?P<secret>[^\s/@:\"'<>`]{0,200}:[^\s/@\"'<>`]{1,500}|[^\s/@:\"'<>`.]{16,500})@",
        # Parameters of addresses, and assignments of a shell.
        rf"(?i)[?&;](?:[\w.-]{{0,30}}{_KEYS}|code|k)=(?P<secret>[^\s&#\"'<>`,;)\]}}]{{4,2000}})",
        r"(?i)(?<![\w{,])(?:[\w-]{0,30}[_-])?(?:password|passwd|pwd|secret|token|api_?key)="
        r"(?P<secret>[^\s\"'`&,;(){}\[\]<>$|=~!]{6,500})(?=$|[\s\"'`&;])",
        # Addresses that are secrets themselves: who knows them may post.
        r"(?i)hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?P<secret>[^\s\"'`<>,)}\]]{1,500})",
        r"(?i)discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/(?P<secret>[^\s\"'`<>,)}\]]{1,500})",
        r"(?i)(?:webhook\.office\.com|outlook\.office(?:365)?\.com/webhook)/(?P<secret>[^\s\"'`<>,)}\]]{1,900})",
        r"(?i)(?:hooks\.zapier\.com/hooks/catch|maker\.ifttt\.com/trigger|hc-ping\.com|chat\.googleapis\.com/v1"
        r"|open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook|webexapis\.com/v1/webhooks/incoming"
        r"|events\.pagerduty\.com/integration|alert\.victorops\.com/integrations/generic"
        r"|discord\.com/api/webhooks|hooks\.mattermost\.com/hooks)/(?P<secret>[^\s\"'`<>,)}\]]{6,900})",
        r"api\.telegram\.org/(?:file/)?bot(?P<secret>[^\s/\"'`<>]{6,100})",
        # Tokens with a prefix of their service.
        r"(?P<secret>xox[a-zA-Z](?:\.xox[a-z])?-[0-9A-Za-z-]{8,400}|xapp-[0-9A-Za-z-]{8,400})",
        r"(?P<secret>(?:gh[pousr]_|github_pat_|glpat-|gldt-|glrt-|glptt-|npm_|pypi-|dop_v1_|shpat_|sntrys_|sntryu_"
        r"|glsa_|glc_|hvs\.|hvb\.|rubygems_|PMAK-|lin_api_|tfp_|ATATT3|ATCTT3|sk-ant-|sk-proj-|pat-na1-)"
        r"[0-9A-Za-z_.=-]{10,500})",
        r"(?<![0-9A-Za-z_])(?P<secret>[sr]k_(?:live|test)_[0-9A-Za-z]{10,200}|sk-[0-9A-Za-z]{20,200})",
        r"(?<![A-Z0-9])(?P<secret>(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,30})(?![A-Z0-9])",
        r"(?P<secret>AIza[0-9A-Za-z_-]{30,60}|ya29\.[0-9A-Za-z_.-]{10,500}|GOCSPX-[0-9A-Za-z_-]{10,60})",
        r"(?<![0-9A-Za-z])(?P<secret>SG\.[0-9A-Za-z_-]{16,40}\.[0-9A-Za-z_-]{16,80})",
        r"(?<![0-9A-Za-z])(?P<secret>key-[0-9a-f]{32}|SK[0-9a-f]{32})(?![0-9a-f])",
        r"(?<![0-9])(?P<secret>[0-9]{8,10}:[0-9A-Za-z_-]{35})(?![0-9A-Za-z_-])",
        # JSON Web Tokens, also encrypted ones, and cut ones.
        r"(?<![0-9A-Za-z_-])(?P<secret>eyJ[0-9A-Za-z_-]{6,4000}(?:\.[0-9A-Za-z_-]{0,4000}){1,4})",
        # Headers.
        r"(?i)\b(?:bearer|basic|genie_?key|apikey|token)[ \t]{1,4}"
        r"(?P<secret>(?=[0-9a-z._~+/=-]{0,60}[0-9=])[0-9a-z._~+/-]{8,2000}={0,2})",
        r"(?i)\b(?:proxy-)?authorization[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?(?:[a-z]{1,20}[ \t]{1,4})?"
        r"(?P<secret>[^\s\"'{},]{6,2000})",
        r"(?i)\bx-(?:[a-z-]{0,30}(?:key|token|secret|auth))[\"']?[ \t]{0,4}:[ \t]{0,4}[\"']?"
        r"(?P<secret>[^\s\"'{},]{6,2000})",
        r"(?i)\bcurl\b[^\n|;]{0,300}[ \t](?:-u|--user)[ =]{1,4}[\"']?(?P<secret>[^\s\"'$]{3,300})",
        # A number as services make them beside a word that says that it is a key.
        rf"(?i){_KEYS}\w{{0,20}}[\"'`]?[ \t]{{0,4}}(?:[:=]|\bis\b|\bof\b)?[ \t]{{0,4}}[\"'`]?"
        rf"(?P<secret>{_HEX}{{32}}|{_UUID})(?![0-9A-Za-z])",
    )
)
# Every secret has one of these beside it or in it: RE2 finds them in the time that it takes to read a text.
_HINT = re2.compile(
    r"(?i)://[^\s/]*@|key|token|secret|pass|pwd|credential|sig|auth|pagerduty|opsgenie|[?&;](?:code|k)="
    r"|webhook|hooks|maker\.ifttt|hc-ping|googleapis|feishu|larksuite|victorops|telegram"
    r"|bearer|basic|apikey|curl|[sr]k_|sk-|pypi|npm_|gh[pousr]_|github_pat|gl[a-z]{1,3}-|dop_v1|shpat|sntry"
    r"|gls?[ac]_|hv[sb]\.|rubygems|PMAK|lin_api|tfp_|ATATT|ATCTT|pat-na1|xox|xapp|A[KSBC][IC]A|AIza|ya29"
    r"|GOCSPX|SG\.|SK[0-9a-f]{8}|[0-9]{8}:|eyJ|-----BEGIN"
)
_LONGEST_KEY = 20_000
_PEM = regex_on_use(r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
_SHOWN = regex_on_use(r"\S")
_BASE64 = regex_on_use(r"(?:\s|\\[nr]|[0-9A-Za-z+/=]{8,80}(?![:\w])){0,2000}")
_STAND_IN = regex_on_use(r"\{\{|\$\{|\$\(|<[a-z_ -]{1,40}>|^\*+$|^%", re.IGNORECASE)


def may_hold_secret(text: str) -> bool:
    """Whether it is worth while to look for secrets in a text, which may be several texts in lines."""
    return _HINT.search(text) is not None


def secret_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where secrets stand in a text."""
    if not may_hold_secret(text):
        return
    at = 0
    for line in text.split("\n"):
        if may_hold_secret(line):
            for pattern in _PATTERNS:
                for found in pattern.finditer(line):
                    if not _STAND_IN.search(found["secret"]):
                        start, end = found.span("secret")
                        yield at + start, at + end
        at += len(line) + 1
    yield from private_keys(text)


def private_keys(text: str) -> Iterator[tuple[int, int]]:
    """Where private keys stand in a text, which take several lines."""
    for begin in _PEM.finditer(text):
        end = text.find(f"-----END {begin[1]}-----", begin.end(), begin.end() + _LONGEST_KEY)
        # Of a block that is cut off, all that can belong to it.
        cut = _BASE64.match(text, begin.end())
        yield begin.end(), end if end >= 0 or cut is None else cut.end()


# A run hides what it found several times: as a reader, as a check, and as it shows it.
@lru_cache(maxsize=65536)
def without_secrets(text: str) -> str:
    """The text, as long as before, with asterisks for every secret that can be determined by its look."""
    return mask_spans(text, secret_spans(text))


def mask_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with an asterisk for each visible character of the spans."""
    pieces, done = [], 0
    for start, end in sorted(spans):
        if end > done:
            begin = max(start, done)
            pieces += [text[done:begin], _SHOWN.sub("*", text[begin:end])]
            done = end
    return "".join([*pieces, text[done:]]) if pieces else text
