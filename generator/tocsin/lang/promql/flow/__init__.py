"""Label flow of PromQL: `promql_flow` for a result, `promql_flows` for every part of an expression."""

from tocsin.lang.promql.flow.infer import Flows, RecordedExpression, Recordings, promql_flow, promql_flows

__all__ = ["Flows", "RecordedExpression", "Recordings", "promql_flow", "promql_flows"]
