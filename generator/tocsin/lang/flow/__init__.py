"""Label flow: what the result of a query can look like, and why; the same model for PromQL and LogQL.

A label's fact is a set of texts, in which the empty text stands for a series without the label, as both
engines have it. `guaranteed`: the empty text is not in the set; `impossible`: nothing else is; `possible`:
all that lies between. A value's fact is an interval, with a note whether NaN can occur.

Every fact is an upper bound: it holds for each series that the query can ever return. Selecting, joining
and comparing make the sets smaller; `or` and what nobody can know make them larger. An empty set, or an
empty interval, says that no such series exists: then `Flow.empty` has the reason, and all else is moot.
"""
