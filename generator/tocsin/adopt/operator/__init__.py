"""`AlertmanagerConfig` resources, read as the Prometheus operator adds them to a configuration."""

from __future__ import annotations

from tocsin.adopt.operator.configuration import Converted, converted
from tocsin.adopt.operator.merged import merged
from tocsin.adopt.operator.strategy import Strategy, strategy_of

__all__ = ["Converted", "Strategy", "converted", "merged", "strategy_of"]
