"""Messages about what `tocsin prove` could not show."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import accepted
from tocsin.diagnostics.model import Level

MESSAGES = (
    accepted(
        "prove/never-fires",
        Level.ERROR,
        """No data can make the alert fire.

        Why:
            Its query contradicts itself: a value that nothing has, labels that no join can meet. What it
            should report goes unreported.

        Fix:
            Change what the reason names: the comparison, the matcher, or the labels of the join.
        """,
    ),
    accepted(
        "prove/only-on-paper",
        Level.WARNING,
        """The alert fires, or is silent, only with data that cannot exist.

        Why:
            Promtool confirmed series with which it does, but no system has such: by the names of their
            metrics a counter is not negative, a share not above 1 and a start not in the future; what was
            scraped has `instance` and `job`; what is recorded is what its rule gives.

        Fix:
            Change what the reason names, as `tocsin check` says. Where a metric is not what its name says,
            allow this with the reason.
        """,
    ),
    accepted(
        "prove/not-shown",
        Level.ERROR,
        """The alert is not shown to fire, or not shown to be able to be silent.

        Why:
            Neither series with which promtool confirms it were found, nor an argument that there are none.

        Fix:
            Where the reason names data that the search cannot make, write a case under `tests:` and allow
            this, or simplify the query, for example by a recording rule.
        """,
    ),
    accepted(
        "prove/not-loaded",
        Level.ERROR,
        """Prometheus does not load the rule.

        Why:
            A file with one such rule is refused as a whole: none of its alerts is evaluated.

        Fix:
            Fix what promtool names in the reason.
        """,
    ),
    accepted(
        "prove/no-loki",
        Level.WARNING,
        """A log alert was not tried, as there is no Loki to judge it.

        Why:
            Log lines were derived, and only a Loki can say whether they make the alert fire.

        Fix:
            Put the program `loki` on PATH, or name it in TOCSIN_LOKI. Where there will be none, run
            `tocsin prove --allow prove/no-loki`.
        """,
    ),
)
