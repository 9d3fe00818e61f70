"""Messages about exceptions: what holds in some environments, or for some values of a label."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import accepted, error
from tocsin.diagnostics.model import Level


def _example(*exceptions: str, matchers: str = "") -> str:
    """A spec with an alert that has exceptions."""
    items = f"\n{' ' * 22}".join(f"- {one}" for one in exceptions)
    return f"""
            environments: {{production: {{}}, staging: {{}}}}
            groups:
              web:
                title: Web
                alerts:
                  Errors:
                    promql: sum by (shop) (rate(errors_total{matchers}[5m]))
                    thresholds: {{warning: {{above: 2}}}}
                    except:
                      {items}
    """


_LISBON = '{shop="lisbon"}'
MESSAGES = (
    error(
        "except/incomplete",
        f"""An exception does not say where it holds, or not what holds there.

        Why:
            It would hold everywhere, or change nothing.

        Fix:
            Write `in:` with one or several environments, or `where:` with values of a label, and beside it
            what holds there.

        Bad:{_example("{thresholds: {warning: {above: 5}}}")}
        Good:{_example("{in: staging, thresholds: {warning: {above: 5}}}")}
        """,
    ),
    error(
        "except/unreached",
        f"""An exception is never used: one before it takes all, or what it is about is not there.

        Why:
            The first exception that matches counts, as in a tree of routes, and what another `evaluator`
            evaluates, or what is switched off, is in no output. Its author believes that it holds somewhere.

        Fix:
            Remove it, write it before the other one, or say more exactly where each of them holds.

        Bad:{_example("{in: staging, thresholds: {warning: {above: 5}}}", "{in: staging, for: 1h}")}
        Good:{_example("{in: staging, thresholds: {warning: {above: 5}}, for: 1h}")}
        """,
    ),
    error(
        "except/no-change",
        f"""An exception says what holds without it.

        Why:
            Either it is left over, or what it says was changed by mistake.

        Fix:
            Remove it, or write what is different there.

        Bad:{_example("{in: staging, thresholds: {warning: {above: 2}}}")}
        Good:{_example("{in: staging, thresholds: {warning: {above: 5}}}")}
        """,
    ),
    error(
        "except/takes-all",
        f"""The exceptions of an alert take all of its series.

        Why:
            What the alert itself says is never used; whoever changes its thresholds believes that they hold.

        Fix:
            Write in the alert what the last exception says, and take that exception away.

        Bad:{_example("{where: {shop: lisbon}, thresholds: {warning: {above: 5}}}", matchers=_LISBON)}
        Good:{_example("{where: {shop: lisbon}, thresholds: {warning: {above: 5}}}")}
        """,
    ),
    error(
        "except/off-of-route",
        """A route is switched off for alerts that no matchers of one route keep out.

        Why:
            The matchers of a route all have to hold, so they can leave out values of one label, and no
            combination of labels. Two routes could, and would divide what is one group of notifications.

        Fix:
            Name one label beside `off:`, and write such exceptions before those that send alerts elsewhere.

        Bad:
            routing:
              catch_all: all
              routes:
                - receiver: all
                  except: [{where: {shop: lisbon, region: eu}, off: closed}]

        Good:
            routing:
              catch_all: all
              routes:
                - receiver: all
                  except: [{where: {shop: lisbon}, off: closed}]
        """,
    ),
    accepted(
        "except/equals-regex",
        Level.WARNING,
        f"""A value of a label in an exception, or in an objective by groups, only looks like a pattern.

        Why:
            The exceptions of an alert divide its series by listed values, so that each series is in one part.
            This one holds for series whose label is that very text, and mostly there are none.

        Fix:
            List the values, and write those that come later when they do.

        Bad:{_example("{where: {shop: 'lis.*'}, off: closed}")}
        Good:{_example("{where: {shop: [lisbon, lisse]}, off: closed}")}
        """,
    ),
    accepted(
        "except/ended",
        Level.WARNING,
        f"""The last day on which an exception was meant to hold is over.

        Why:
            It holds until somebody removes it: what is generated does not depend on the day.

        Fix:
            Take the exception away, or write a later day.

        Bad:{_example("{in: staging, off: rebuilt, until: 2020-01-31}")}
        Good:{_example("{in: staging, off: rebuilt, until: 2099-01-31}")}
        """,
    ),
    error(
        "except/label-lost",
        f"""An exception is for values of a label by which the query cannot be divided.

        Why:
            Each series has to be in one rule. The values are selected where the query selects its series;
            where an operator removes the label afterwards, makes it anew, or compares series without it,
            both rules would see other series than the whole query does.

        Fix:
            Keep the label, as in `sum by (shop) (…)`, or write another alert for these values.

        Bad:{_example("{where: {region: eu}, thresholds: {warning: {above: 5}}}")}
        Good:{_example("{where: {shop: lisbon}, thresholds: {warning: {above: 5}}}")}
        """,
    ),
)
