"""Label flow of PromQL: `promql_flow` for a result, `promql_flows` for every part of an expression."""

from tocsin.lang.promql.flow.infer import Flows, Recording, Recordings, promql_flow, promql_flows

__all__ = ["Flows", "Recording", "Recordings", "promql_flow", "promql_flows"]
