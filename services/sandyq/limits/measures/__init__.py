"""The measures a limit can be made of; a new one is a file beside these and a line here."""

from __future__ import annotations

from sandyq.limits.measures import (
    apportioned,
    coins,
    entities,
    invested,
    liquidity,
    market_value,
    products,
    state_of_data,
)
from sandyq.limits.measures.base import Measure

MEASURES: tuple[Measure, ...] = (
    market_value.MEASURE, *invested.MEASURES, *coins.MEASURES, *products.MEASURES, *liquidity.MEASURES,
    *state_of_data.MEASURES, apportioned.MEASURE, entities.MEASURE,
)
BY_NAME = {measure.name: measure for measure in MEASURES}
