"""The tests that a gate can be made of. A new test is one module here and one name in CRITERIA."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sandyq.gate.criteria.correlation import CORRELATION
from sandyq.gate.criteria.flows import FLOWS
from sandyq.gate.criteria.low import LOW_HELD, RECOVERED
from sandyq.gate.criteria.premium import PREMIUM
from sandyq.gate.criteria.shock import SHOCK
from sandyq.gate.criteria.trend import TREND
from sandyq.gate.criteria.volatility import VOLATILITY

CRITERIA: Final = (VOLATILITY, LOW_HELD, RECOVERED, TREND, SHOCK, FLOWS, PREMIUM, CORRELATION)

BY_NAME: Final = MappingProxyType({criterion.name: criterion for criterion in CRITERIA})
