"""The look-through methods, best evidence first: each answers for a line or passes it one rung down (F041)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sandyq.exposure.case import Case, Passed
from sandyq.exposure.methods.beta import look as by_beta
from sandyq.exposure.methods.company import look as by_company
from sandyq.exposure.methods.fallback import look as by_fallback
from sandyq.exposure.methods.mandate import look as by_mandate
from sandyq.exposure.methods.reported_fund import look as by_reported_fund
from sandyq.exposure.result import ExposureLine

Method = Callable[[Case], ExposureLine | Passed]

METHODS: Final[tuple[Method, ...]] = (
    by_reported_fund,
    by_company,
    by_mandate,
    by_beta,
    by_fallback,
)
