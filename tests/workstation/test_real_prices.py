"""Completeness and levels on real prices, against counts made by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


@pytest.mark.data
def test_the_first_quarter_has_sixty_one_sessions_and_the_known_gaps_are_found(real_book: Path) -> None:
    """64 weekdays less New Year, 19 January and 16 February. FBTC has no prices, BLOK none fit for valuation."""
    with Workstation.open(real_book, actor="Auditor 1") as station:
        found = {item.symbol: item for item in station.prices.completeness(Question(LAST), FIRST, LAST)}
        assert {item.expected for item in found.values()} == {61}
        assert {symbol for symbol, item in found.items() if item.missing} == {"FBTC", "BLOK"}
        assert found["FBTC"].last is None
        assert found["IBIT"].last == LAST
        assert all(item.calendar_known for item in found.values())


@pytest.mark.data
def test_a_level_is_given_only_where_the_sources_show_trading(real_book: Path) -> None:
    with Workstation.open(real_book, actor="Auditor 1") as station:
        q = Question(LAST)
        holdings = station.holdings(q)
        for level in station.prices.levels(q):
            line = holdings.line(level.symbol)
            assert line is not None
            shown = line.price is not None and line.price.volume is not None and line.price.volume > Decimal(0)
            assert (level.level == 1) == (shown and line.age == 0)
            assert level.level in {1, None}


@pytest.mark.data
def test_without_ranks_and_second_sources_there_is_no_break(real_book: Path) -> None:
    with Workstation.open(real_book, actor="Auditor 1") as station:
        q = Question(LAST)
        assert station.prices.two_source_breaks(q, FIRST, LAST) == ()
        assert station.prices.source_notes(q) == {}
        assert sum(item.rows for item in station.prices.sources(q)) == sum(
            len(series.days) for series in station.knowledge().market.prices.values())
