"""The alerts of kube-prometheus about alerting itself, which configurations name without having its rules."""

from __future__ import annotations

WATCHDOG = "Watchdog"
"""It fires always, so that someone outside notices when it stops."""
INHIBITOR = "InfoInhibitor"
"""It silences alerts of severity `info`, and is to notify no one itself."""
OF_ALERTING = frozenset({WATCHDOG, INHIBITOR})
RECEIVERS = frozenset({"Default", WATCHDOG, "Critical", "null"})
"""The receivers of its own configuration, none of which has a channel.

Source: `jsonnet/kube-prometheus/components/alertmanager.libsonnet` in kube-prometheus.
"""
