"""Kubernetes: the names and labels that its API takes, and what the operators' resources hold by release."""
