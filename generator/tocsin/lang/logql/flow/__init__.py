"""Label flow through LogQL: from the stream's labels through every stage to the labels of the result.

A line's labels are those of its stream, what was sent along with it (structured metadata), and what parsers
take out of it. Nothing but a matcher on the stream makes a label sure at first: whatever a stream lacks, a
line may bring. What a line brings never replaces a label of its stream: it is called `…_extracted` then.
"""

from tocsin.lang.logql.flow.infer import Flows, logql_flow, logql_flows

__all__ = ["Flows", "logql_flow", "logql_flows"]
