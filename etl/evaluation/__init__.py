"""Score predicted events against the annotated ones: when and where, with ceilings and floors.

The rules are written in docs/evaluation.md. `evaluate` is the door; it is `etl.evaluate`, too.
"""

from etl.evaluation.measures import MEASURES
from etl.evaluation.scoring import Evaluation, evaluate

__all__ = ["MEASURES", "Evaluation", "evaluate"]
