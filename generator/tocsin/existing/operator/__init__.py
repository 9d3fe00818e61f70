"""`AlertmanagerConfig` resources, read as the Prometheus operator adds them to a configuration."""

from __future__ import annotations

from tocsin.existing.operator.configuration import Converted, convert_resource
from tocsin.existing.operator.merged import merge_configuration
from tocsin.existing.operator.strategy import Strategy, strategy_of

__all__ = ["Converted", "Strategy", "convert_resource", "merge_configuration", "strategy_of"]
