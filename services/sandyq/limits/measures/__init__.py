"""The measures a limit can be made of; a new one is a file beside these and a line here."""

from __future__ import annotations

from sandyq.limits.measures import (
    apportioned,
    coins,
    companies,
    concentration,
    entities,
    gate,
    invested,
    liquidity,
    lists,
    market_value,
    products,
    risk,
    settlement,
    state_of_data,
    through_funds,
)
from sandyq.limits.measures.base import Measure

MEASURES: tuple[Measure, ...] = (
    market_value.MEASURE, *invested.MEASURES, *coins.MEASURES, *products.MEASURES, *liquidity.MEASURES,
    *state_of_data.MEASURES, *gate.MEASURES, *companies.MEASURES, *lists.MEASURES, *settlement.MEASURES,
    *concentration.MEASURES, through_funds.MEASURE, apportioned.MEASURE, entities.MEASURE,
    *risk.MEASURES,
)
BY_NAME = {measure.name: measure for measure in MEASURES}
