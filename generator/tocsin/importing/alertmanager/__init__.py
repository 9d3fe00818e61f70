"""An Alertmanager configuration as a part of a spec, proved to notify the same people."""
