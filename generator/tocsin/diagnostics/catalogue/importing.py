"""Messages of `tocsin import`: what is not imported, and what is not as it was."""

from __future__ import annotations

from tocsin.diagnostics.catalogue.message import Message, error
from tocsin.diagnostics.model import Level

MESSAGES = (
    error(
        "import/differs",
        """The spec would make other rules or routes than those that were imported, or that is not decided.

        Why:
            An import is compared with its files: expressions, durations, labels, annotations, the order and
            options of groups, who is notified of which labels, inhibitions, receivers and templates. Where
            anything differs, nothing is written.

        Fix:
            It is a fault of Tocsin: please report it with the file. With `--no-lift`, or without this file,
            the others can be imported.
        """,
    ),
    error(
        "import/refused",
        """An SLO, a rule file or a configuration is not imported: it is not sound, or no spec can hold it.

        Why:
            An SLO without one of its parts is another promise, a rule file without one of its rules alerts
            otherwise, and routes without one of theirs notify others. It is left where it is, and the others
            are imported.

        Fix:
            Change it as the message says and import again, or go on with its own tool for this one.
        """,
    ),
    Message(
        "import/left-out",
        Level.WARNING,
        """Something in a file has no counterpart in a spec, and the rest is imported without it.

        Why:
            Its rules are the same without it, such as with the labels of a Kubernetes resource or the
            namespace of a file for Mimir, or Tocsin does not know the key: then it is a mistake, or newer
            than Tocsin.

        Fix:
            Do elsewhere what it did, as the message says, or correct the key.
        """,
        allowable=False,
    ),
    Message(
        "import/changed",
        Level.WARNING,
        """Something is imported in another form, which behaves a little differently.

        Why:
            Formats of SLOs leave open what rules have to decide, such as the range of a query, and Prometheus
            has no windows that follow a calendar.

        Fix:
            Read the message; where the difference matters, write in the file what you mean, and import again.
        """,
        allowable=False,
    ),
    Message(
        "import/renamed",
        Level.INFO,
        """An alert or an SLO gets another name.

        Why:
            In a spec each name is given once: that of an alert leads to its runbook and panel. Pyrra calls
            the alerts of all SLOs `ErrorBudgetBurn`.

        Fix:
            Write the new name where routes, inhibitions and silences match on `alertname`.
        """,
        allowable=False,
    ),
    Message(
        "import/repeated",
        Level.INFO,
        """An SLO stands in several files, and is imported once.

        Why:
            Copies for several clusters, or in several formats, would alert several times.

        Fix:
            Nothing is to be done. Where one of them was meant to differ, correct it and import again.
        """,
        allowable=False,
    ),
    Message(
        "import/unused",
        Level.INFO,
        """An object of OpenSLO is not imported, because no SLO refers to it.

        Why:
            Indicators, alert policies and conditions become part of the SLOs that refer to them.

        Fix:
            Import the files of these SLOs in the same run.
        """,
        allowable=False,
    ),
    Message(
        "import/windows",
        Level.INFO,
        """The alert windows of a file are taken for SLOs of Sloth, in place of its own.

        Why:
            Sloth takes its windows, and the period of all SLOs, from the command line, so that no file says
            whether these are in use.

        Fix:
            Leave the file out of the paths where Sloth runs without `--slo-period-windows-path`.
        """,
        allowable=False,
    ),
)
