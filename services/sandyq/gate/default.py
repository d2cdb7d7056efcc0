"""The gate that is shown where a mandate has none: the tests of domain.md E4, those on coin closes required."""

from __future__ import annotations

from typing import Final

from sandyq.gate.criteria.correlation import CORRELATION
from sandyq.gate.criteria.flows import FLOWS
from sandyq.gate.criteria.low import LOW_HELD, RECOVERED
from sandyq.gate.criteria.premium import PREMIUM
from sandyq.gate.criteria.shock import SHOCK
from sandyq.gate.criteria.trend import TREND
from sandyq.gate.criteria.volatility import VOLATILITY
from sandyq.gate.criterion import Test
from sandyq.gate.machine import Rule

DEFAULT: Final = Rule("BTC", (
    Test("G1", VOLATILITY), Test("G2", LOW_HELD), Test("G3", RECOVERED), Test("G4", TREND), Test("G5", SHOCK),
    Test("G6", FLOWS, required=False), Test("G7", PREMIUM, required=False), Test("G8", CORRELATION, required=False)))
"""G6 and G7 need daily files of flows and coins that not every book imports; a mandate that has them requires them."""
