"""Books to spoil: small ones with instruments, prices, coins and bookings, and what is compared of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sandyq.cli.__main__ import cli
from sandyq.control.records import Batch
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.engine import BROKEN, damaged
from sandyq.store.store import Store
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

FIXTURES = Path(__file__).resolve().parents[1] / "store" / "fixtures"
START = datetime(2026, 6, 30, 18, 0, tzinfo=UTC)
LAST_DAY = date(2026, 6, 30)
INSTRUMENTS = """symbol,name,kind,underlying,issuer,exchange,mic,fee_pct,currency
IBIT,Fund A,spot_etf,BTC:1.00,Issuer A,XNAS,XNAS,0.25,USD
FBTC,Fund B,spot_etf,BTC:1.00,Issuer B,BATS,BATS,0.25,USD
BTC,Mini trust,spot_etf,BTC:1.00,Issuer C,ARCX,ARCX,0.15,USD
"""
HEADER = "trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference\n"


def prices_text(first: date, days: int, symbols: tuple[str, ...] = ("IBIT", "FBTC", "BTC")) -> str:
    rows = "".join(f"{first + timedelta(n)},{symbol},{40 + n % 17 + 3 * place}.{n % 100:02},USD,T\n"
                   for n in range(days) for place, symbol in enumerate(symbols)
                   if (first + timedelta(n)).weekday() < 5)
    return "date,symbol,close,currency,basis\n" + rows


def bookings_text(number: int) -> str:
    """Funding, purchases and sales of three funds; more of them for a greater number."""
    rows = ["2026-01-02,2026-01-02,funding,,90000000,1,USD,0,0,Custodian 1,F-1\n"]
    for n in range(number):
        symbol = ("IBIT", "FBTC", "BTC")[n % 3]
        day = date(2026, 1, 5) + timedelta(days=7 * (n // 5) + n % 5)
        side, quantity = ("sell", 30) if n % 5 == 4 and n > 6 else ("buy", 100 + 7 * n)
        rows.append(f"{day},{day + timedelta(1)},{side},{symbol},{quantity},"
                    f"{41 + n % 9}.{n % 10}5,USD,12.50,0,Custodian 1,T-{n}\n")
    return HEADER + "".join(rows)


def coins_text(days: int = 60) -> str:
    return "date,asset,close_usd\n" + "".join(f"{LAST_DAY - timedelta(n)},BTC,{90_000 + 111 * n}.5\n"
                                               for n in range(days))


def command(*words: object) -> None:
    """Run one command of the command line in this process; raises what it raises, SystemExit too."""
    cli([str(word) for word in words], standalone_mode=False)


def make(folder: Path, *, passphrase: str | None = None, bookings: int = 25, days: int = 100) -> Path:
    """Make a book of four imported files and close it."""
    folder.mkdir(parents=True, exist_ok=True)
    book = folder / "book.sandyq"
    texts = {"instruments.csv": INSTRUMENTS, "prices.csv": prices_text(LAST_DAY - timedelta(days - 1), days),
             "coins.csv": coins_text(), "transactions.csv": bookings_text(bookings)}
    files = []
    for name, text in texts.items():
        (folder / name).write_text(text)
        files.append(folder / name)
    with Workstation.create(book, mandate="example", settings={}, actor="Analyst 1",
                            passphrase=passphrase) as station:
        taken = station.accept(files)
        assert all(preview.refused == 0 for preview in taken), taken
    return book


def copy(folder: Path, to: Path) -> Path:
    """Copy a prepared folder, which replaces what was there; returns the book in it."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    return to / "book.sandyq"


def figures_of(station: Workstation) -> tuple[object, ...]:
    """Return the figures that a person would see of the holdings, exact, in an order of their own."""
    found = station.holdings(Question(LAST_DAY))
    lines = tuple((line.symbol, str(line.quantity), str(line.cost_usd), str(line.market_value_usd),
                   str(line.realised_usd), str(line.fees_usd), str(line.price and line.price.close),
                   str([(str(lot.lot.trade_date), str(lot.lot.quantity)) for lot in line.lots]))
                  for line in found.lines)
    cash = tuple(str((line.cash, line.value_usd)) for line in found.cash)
    return (str(found.market_value_usd), str(found.cost_usd), lines, cash)


@dataclass(frozen=True)
class Seen:
    """What a fresh look at a book found."""

    hashes: tuple[str, ...]
    facts: int
    holds: bool
    damages: str


def look(book: Path, *, write: bool = False, key: str | None = None) -> Seen:
    """Open a book anew and verify it. With `write` the lock must be free, and an older schema is brought up."""
    with Store.open_with_key(book, key, write=write, actor="Auditor 1") as store:
        found = store.verify()
        try:
            hashes = tuple(mark for mark, in store.connection.execute('SELECT "hash" FROM "journal" ORDER BY "seq"'))
        except BROKEN as error:
            raise damaged(book.name, error) from None
    return Seen(hashes, found.facts, found.holds, str(found.damages[:3]) if found.damages else "")


def fact(table: str, **values: str | None) -> FactRow:
    return (2, *(values.get(column) for column in TABLES[table].columns))


def price(symbol: str, day: date, close: Decimal | str) -> tuple[str, FactRow]:
    return "price", fact("price", symbol=symbol, date=day.isoformat(), close=str(close), currency="USD", basis="T",
                         adjusted_as_of=day.isoformat(), price_type="close")


def booking(reference: str, day: date, amount: str = "1000") -> tuple[str, FactRow]:
    return "booking", fact("booking", reference=reference, trade_date=day.isoformat(), settle_date=day.isoformat(),
                           type="funding", quantity=amount, price="1", currency="USD", fees="0", taxes="0",
                           account="Custodian 1")


def prices(seq: int, rows: int) -> list[tuple[str, FactRow]]:
    return [price(f"S{n % 7}", date(1950, 1, 1) + timedelta(n), f"{seq}.{n}1") for n in range(rows)]


def record(store: Store, seq: int, rows: list[tuple[str, FactRow]], kind: str = "import") -> str:
    """Record a batch a minute after the last; returns the hash of its entry."""
    return store.record(Batch(kind, "Analyst 1", {"number": seq}, rows), START + timedelta(minutes=seq)).entry.hash
