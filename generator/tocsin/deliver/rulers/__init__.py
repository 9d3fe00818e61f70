"""Rule groups as the rulers of Mimir and Loki take them over their APIs."""

from __future__ import annotations

from tocsin.deliver.rulers.namespaces import Namespace, is_own_namespace, ruler_namespaces

__all__ = ["Namespace", "is_own_namespace", "ruler_namespaces"]
