"""Log lines that make a log alert fire and lines that keep it quiet, derived from its expression alone.

Nothing here asks Loki: a small reading of LogQL says what lines give, and whoever has a Loki lets it judge.
"""

from tocsin.prove.logs.model import LogLine, LogStream, LogWitness, NoLogWitness
from tocsin.prove.logs.search import log_witness

__all__ = ["LogLine", "LogStream", "LogWitness", "NoLogWitness", "log_witness"]
