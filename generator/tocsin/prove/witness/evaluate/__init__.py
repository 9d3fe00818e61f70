"""PromQL over series held in memory, as Prometheus 3.5 evaluates it.

`Evaluator` answers like the engine and tells besides, for each element of a vector, how far it is from being
there and how far from not being there: a search for series that make an alert fire goes by that.
"""

from tocsin.prove.witness.evaluate.elements import EvaluationError, LimitError, Vector
from tocsin.prove.witness.evaluate.evaluator import Evaluator
from tocsin.prove.witness.evaluate.series import Series

__all__ = ["EvaluationError", "Evaluator", "LimitError", "Series", "Vector"]
