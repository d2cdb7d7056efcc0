"""Small books of a few files, written for one question each; everything enters through `sandyq import`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from driving import made, run_json, written

INSTRUMENTS = """symbol,name,kind,underlying,issuer,exchange,mic,fee_pct,currency
IBIT,Fund A,spot_etf,BTC:1.00,Issuer A,XNAS,XNAS,0.25,USD
FBTC,Fund B,spot_etf,BTC:1.00,Issuer B,BATS,BATS,0.25,USD
BTC,Mini trust,spot_etf,BTC:1.00,Issuer C,ARCX,ARCX,0.15,USD
NOPX,Fund without prices,spot_etf,BTC:1.00,Issuer D,XNAS,XNAS,0.25,USD
"""
ONLY_NET_INVESTED = """[mandate]
name = "One cap"
version = "v1"
valid_from = 2020-01-01
currency = "USD"
maximum = 300_000_000

[eligibility]
token_clause = "Section 5.1: the sleeve holds no tokens."

[[limit]]
id = "L01"
title = { en = "Net invested capital" }
clause = "At most 300 million US dollars."

[[limit.part]]
measure = "net_invested"
unit = "USD"
warn = 270_000_000
hard = 300_000_000
"""
RESERVES_LIMIT = """
[[limit]]
id = "L02"
title = { en = "Market value / gross gold-FX assets" }
clause = "At most 0.50 per cent of gross assets."

[[limit.part]]
measure = "market_value"
unit = "ratio"
denominator = "reserves:gross"
warn = 0.0045
soft = 0.0050
hard = 0.0075
"""
FUND_LIMIT = """
[[limit]]
id = "L16"
title = { en = "One spot fund" }
clause = "One spot fund at most 40 per cent."

[[limit.part]]
measure = "market_value"
unit = "ratio"
denominator = "sleeve"
scope = { kind = ["spot_etf"] }
group_by = "symbol"
hard = 0.40
"""
HEADER = "trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference"


def weekdays(first: date, last: date) -> list[date]:
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def book(folder: Path, bookings: Sequence[str], closes: Mapping[str, Mapping[str, str]], mandate: str = "",
         coins: Mapping[str, str] | None = None, reserves: str = "") -> Path:
    """Make a book: `bookings` are rows without a reference, `closes` symbol -> day -> close, `coins` day -> BTC."""
    folder.mkdir(exist_ok=True)
    cap = written(folder / "mandate.toml", mandate) if mandate else "example"
    made(folder / "b.sandyq", cap)
    rows = "".join(f"{row},T-{number}\n" for number, row in enumerate(bookings))
    prices = "".join(f"{day},{symbol},{close},USD,T\n" for symbol, days in closes.items()
                     for day, close in days.items())
    files = [
        written(folder / "instruments.csv", INSTRUMENTS),
        written(folder / "prices.csv", "date,symbol,close,currency,basis\n" + prices),
        written(folder / "coins.csv", "date,asset,close_usd\n" + "".join(
            f"{day},BTC,{close}\n" for day, close in (coins or {"2025-10-06": "120000"}).items())),
        written(folder / "transactions.csv", HEADER + "\n" + rows),
    ]
    if reserves:
        files.append(written(folder / "reserves.csv", reserves))
    done = run_json("import", folder / "b.sandyq", *files)["batches"]
    assert all(batch["refused"] == 0 for batch in done), done
    return folder / "b.sandyq"


def funded(amount: Decimal | int = 400_000_000) -> str:
    return f"2025-01-02,2025-01-02,funding,,{amount},1,USD,0,0,C"


def bought(symbol: str, quantity: object, price: object, fees: object = 0, day: str = "2025-03-03") -> str:
    return f"{day},{day},buy,{symbol},{quantity},{price},USD,{fees},0,C"


def sold(symbol: str, quantity: object, price: object, fees: object = 0, day: str = "2025-04-01") -> str:
    return f"{day},{day},sell,{symbol},{quantity},{price},USD,{fees},0,C"
