"""Books that the tests of the workstation share; the plain modules beside are found by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from driving import BOOKINGS, copied, made, run_json


@pytest.fixture(scope="session")
def market_book(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with every file of the market data and no booking; copy it, do not write to it."""
    book = made(tmp_path_factory.mktemp("market") / "market.sandyq")
    run_json("import", book, *sorted(shared_data.glob("*.csv")))
    return book


@pytest.fixture(scope="session")
def real_book(market_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The market data and the forty bookings."""
    book = copied(market_book, tmp_path_factory.mktemp("real") / "real.sandyq")
    run_json("import", book, BOOKINGS)
    return book


@pytest.fixture(scope="session")
def known_book(market_book: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without FBTC (no prices) and BLOK (no price fit for valuation), so that no limit is Unknown for them."""
    folder = tmp_path_factory.mktemp("known")
    book = copied(market_book, folder / "known.sandyq")
    kept = [line for line in BOOKINGS.read_text().splitlines(keepends=True) if ",FBTC," not in line
            and ",BLOK," not in line]
    (folder / "bookings.csv").write_text("".join(kept))
    run_json("import", book, folder / "bookings.csv")
    return book
