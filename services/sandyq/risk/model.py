"""What the limits ask of risk: scenarios and stresses of one day, made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sandyq.risk.stress import StressModel
from sandyq.risk.tail_model import TailModel


@dataclass(frozen=True)
class RiskModel:
    """The two models of a day. Without slots, so that each is built once, and only for a question about risk."""

    make_tails: Callable[[], TailModel]
    make_stress: Callable[[], StressModel]

    @cached_property
    def tails(self) -> TailModel:
        return self.make_tails()

    @cached_property
    def stress(self) -> StressModel:
        return self.make_stress()
