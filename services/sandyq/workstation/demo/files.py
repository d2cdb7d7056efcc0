"""Write the demo's files: the same kinds of CSV that a desk receives, so that the demo takes the real way in."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path as File
from random import Random

from sandyq.market.calendars import is_open
from sandyq.market.series import Calendar
from sandyq.workstation.demo import custody_files, paths, plan
from sandyq.workstation.demo.paths import Path

SOURCE = "generated, illustrative"
_Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class World:
    """Everything invented: coins, closes by symbol, what funds strike each day."""

    days: tuple[date, ...]
    coins: Mapping[str, Path]
    closes: Mapping[str, Path]
    struck: Mapping[str, dict[date, tuple[float, float]]]


def invent(calendar: Calendar) -> World:
    """Invent the demo's markets from the seed."""
    random = Random(paths.SEED)  # noqa: S311 - pictures of a market, not secrets
    span = (paths.LAST - paths.FIRST).days
    days = tuple(day for day in (paths.FIRST + timedelta(days=n) for n in range(span + 1)) if is_open(calendar, day))
    listed = tuple(day for day in days if day >= paths.LISTED)
    coins = paths.coins(random)
    closes: dict[str, Path] = {}
    struck: dict[str, dict[date, tuple[float, float]]] = {}
    for symbol, coin, per_share, fee in (
            ("IBIT", "BTC", .00057, .25), ("FBTC", "BTC", .000875, .25), ("BITB", "BTC", .000547, .20),
            ("GBTC", "BTC", .000792, 1.50), ("ETHA", "ETH", .00757, .25), ("BETF", "BTC", .0001, .65)):
        closes[symbol], struck[symbol] = paths.fund(coins[coin], listed, per_share, fee, random)
    bitcoin = coins["BTC"]
    closes["BITO"] = paths.company(bitcoin, days, 19.85, 0.98, 0.003, random, drift=-0.0005)
    closes["MSTR"] = paths.company(bitcoin, days, 352.4, 1.40, 0.022, random, split=(plan.SPLIT_DAY, 10.0))
    closes["COIN"] = paths.company(bitcoin, days, 384.0, 1.10, 0.019, random)
    closes["MARA"] = paths.company(bitcoin, days, 19.1, 1.30, 0.026, random)
    closes["BLOK"] = paths.company(bitcoin, days, 70.3, 0.72, 0.010, random)
    closes["NVDA"] = paths.company(bitcoin, days, 188.2, 0.42, 0.011, random, drift=0.0011)
    return World(days, coins, closes, struck)


def write(folder: File, calendar: Calendar) -> tuple[File, ...]:
    """Write every file of the demo pack into a folder and return them in the order in which they are imported."""
    world = invent(calendar)
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, tuple[str, Iterable[_Row]]] = {
        "instruments.csv": (("symbol,name,kind,underlying,issuer,exchange,mic,fee_pct,currency,sponsor_group,"
                            "coin_custodian,domicile"), _instruments()),
        "splits.csv": ("symbol,ex_date,new_shares,old_shares,evidence,quality",
                       [("MSTR", plan.SPLIT_DAY, 10, 1, "ten for one, as the company announced", "high")]),
        "coins.csv": ("date,asset,close_usd,cutoff,source", _coins(world)),
        "fx.csv": ("date,base,quote,rate,source", _tenge(world)),
        "reserves.csv": ("date,series,amount,currency,published,source", _reserves()),
        "programme.csv": ("date,participant,amount,currency,source", _programme()),
        "vehicles.csv": ("participant,vehicle,date,asset,quantity,amount,currency,owner,source", _vehicles()),
        "fund_holdings.csv": (("date,symbol,asset,coins,shares_outstanding,coins_per_share,nav,net_assets_usd,"
                              "market_price,quality,source"), _fund_holdings(world)),
        "company_holdings.csv": (("date,symbol,asset,coins,diluted_shares,shares_outstanding,shares_asof,debt,"
                                 "preferred,cash,pledged,coins_quality,shares_quality,document,source"),
                                _company_holdings()),
        "fund_weights.csv": ("date,fund,company,ticker,weight,source", _fund_weights()),
        "prices.csv": ("date,symbol,close,volume,currency,basis,source", _prices(world)),
        "transactions.csv": (("trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference,"
                             "lot,note"), sorted(_transactions(world, calendar), key=lambda row: str(row[0]))),
    }
    bookings = list(tables["transactions.csv"][1])
    tables["transactions.csv"] = (tables["transactions.csv"][0], bookings)
    tables |= custody_files.tables(bookings, {symbol: path.closes[-1] for symbol, path in world.closes.items()})
    written = []
    for name, (header, rows) in tables.items():
        file = folder / name
        with file.open("w", newline="", encoding="utf-8") as stream:
            out = csv.writer(stream, lineterminator="\n")
            out.writerow(header.split(","))
            out.writerows(rows)
        written.append(file)
    return tuple(written)


def _instruments() -> Iterable[_Row]:
    for symbol, name, kind, underlying, issuer, mic, fee, sponsor, custodians, domicile in plan.INSTRUMENTS:
        yield symbol, name, kind, underlying, issuer, mic, mic, fee, "USD", sponsor, custodians, domicile


def _coins(world: World) -> Iterable[_Row]:
    for asset, path in world.coins.items():
        for day, close in zip(path.days, path.closes, strict=True):
            yield day, asset, f"{close:.2f}", "16:00 America/New_York", SOURCE


def _tenge(world: World) -> Iterable[_Row]:
    random = Random(paths.SEED + 1)  # noqa: S311
    path = paths.bridge(((paths.FIRST, 462.0), (date(2024, 12, 2), 512.0), (date(2025, 10, 3), 549.0),
                         (paths.LAST, 541.0)), 0.003, random)
    for day in world.days:
        yield day, "USD", "KZT", f"{path.on(day):.2f}", "NBK official rate, " + SOURCE


def _months() -> Iterable[date]:
    year, month = 2023, 12
    while (year, month) <= (2026, 9):
        after = date(year + month // 12, month % 12 + 1, 1)
        yield after - timedelta(days=1)
        year, month = after.year, after.month


def _reserves() -> Iterable[_Row]:
    for number, day in enumerate(_months()):
        gold = 19_800 + 640 * number
        foreign = 15_900 + 55 * number
        for series, million in (("gross", gold + foreign), ("gold", gold), ("fx", foreign)):
            yield day, series, million * 1_000_000, "USD", day + timedelta(days=7), SOURCE


def _programme() -> Iterable[_Row]:
    for day in (date(2024, 1, 31), date(2025, 6, 30), date(2026, 6, 30)):
        for participant, million in (("Participant A", 60), ("Participant B", 35), ("Participant C", 20)):
            yield day, participant, million * 1_000_000, "USD", SOURCE


def _vehicles() -> Iterable[_Row]:
    """What participant A says of its vehicles at the last date: together its figure of that day."""
    for vehicle, asset, quantity, million in (("Vehicle 1", "BNB", 52_000, 45), ("Confiscated assets", "BTC", 160, 15)):
        yield ("Participant A", vehicle, date(2026, 6, 30), asset, quantity, million * 1_000_000, "USD",
               "Illustrative owner", SOURCE)


_UNITS = {"IBIT": 1_340_000_000, "FBTC": 205_000_000, "BITB": 130_000_000, "GBTC": 230_000_000, "ETHA": 420_000_000,
          "BETF": 96_000_000}


def _fund_holdings(world: World) -> Iterable[_Row]:
    for symbol, days in world.struck.items():
        asset = "ETH" if symbol == "ETHA" else "BTC"
        for day, (per_share, nav) in days.items():
            if symbol == "BETF" and day >= plan.STALE_FROM:
                continue
            yield (day, symbol, asset, "", _UNITS[symbol], f"{per_share:.10f}", f"{nav:.6f}", "", "",
                   "issuer_daily_file", SOURCE)
    for day in _months():
        yield day, "BITO", "BTC", "", 118_000_000, "", "", "", "", "issuer_daily_file", SOURCE
        yield day, "BLOK", "MIXED", "", 21_000_000, "", "", "", "", "issuer_daily_file", SOURCE


def _company_holdings() -> Iterable[_Row]:
    shares = {"COIN": 256_000_000, "NVDA": 24_300_000_000}
    for number, day in enumerate(_months()):
        coins = 190_000 + 14_500 * number
        basic = 165_000_000 + 4_400_000 * number
        note = f"Illustrative filing {day:%m/%Y}"
        before = day < plan.SPLIT_DAY
        units = 10 if before else 1
        yield (day, "MSTR", "BTC", coins, (basic + 34_000_000) // units, basic // units, day, 4_200_000_000 +
               125_000_000 * number, 250_000_000 * number, 60_000_000, 0, "filing", "reported", note, SOURCE)
        yield (day, "MARA", "BTC", 17_000 + 1_150 * number, 300_000_000 + 3_000_000 * number,
               270_000_000 + 3_200_000 * number, day, 650_000_000 + 60_000_000 * number, 0, 250_000_000,
               5_100 + 345 * number, "filing", "reported", note, SOURCE)
        yield (day, "NVDA", "BTC", 0, shares["NVDA"] + 300_000_000, shares["NVDA"], day, "", "", "", "", "filing",
               "reported", note, SOURCE)
        yield (day, "COIN", "BTC", 9_200 + 70 * number, 285_000_000, shares["COIN"], day, 4_200_000_000, 0,
               7_800_000_000, 0, "filing", "reported", note, SOURCE)


_PAPERS = (("Coinbase Global", "COIN", 8.1), ("Strategy", "MSTR", 6.4), ("MARA Holdings", "MARA", 4.9),
           ("NVIDIA", "NVDA", 4.2), ("Illustrative payments company", "", 7.3), ("Illustrative bank", "", 6.0),
           ("Illustrative chip maker", "", 5.6), ("Illustrative software company", "", 5.1))


def _fund_weights() -> Iterable[_Row]:
    """Return what the demo's fund on shares holds by month; the rest of it is named in one line."""
    for day in _months():
        rest = round(100 - sum(weight for _, _, weight in _PAPERS), 1)
        for name, symbol, weight in (*_PAPERS, ("Other papers and cash", "", rest)):
            yield day, "BLOK", name, symbol, f"{weight / 100:.3f}", SOURCE


_VOLUMES = {"IBIT": 48e6, "FBTC": 5.2e6, "BITB": 3.1e6, "GBTC": 4.4e6, "ETHA": 26e6, "BETF": 2.2e6, "BITO": 21e6,
            "MSTR": 14e6, "COIN": 9.5e6, "MARA": 44e6, "BLOK": 0.9e6, "NVDA": 190e6}


def _prices(world: World) -> Iterable[_Row]:
    random = Random(paths.SEED + 2)  # noqa: S311
    for symbol, path in world.closes.items():
        for day, close in zip(path.days, path.closes, strict=True):
            if symbol == "BETF" and day >= plan.STALE_FROM:
                continue
            scale = 0.1 if symbol == "MSTR" and day < plan.SPLIT_DAY else 1.0
            volume = int(_VOLUMES[symbol] * scale * random.lognormvariate(0, 0.35))
            yield day, symbol, f"{close:.2f}", volume, "USD", "T", SOURCE


def _next_open(calendar: Calendar, day: date) -> date:
    day += timedelta(days=1)
    while not is_open(calendar, day):
        day += timedelta(days=1)
    return day


def _transactions(world: World, calendar: Calendar) -> Iterable[_Row]:
    held: dict[str, int] = {}
    number = 0
    rows: list[_Row] = []

    def book(day: date, kind: str, symbol: str, quantity: object, price: object, fees: object = 0, taxes: object = 0,
             note: str = "") -> None:
        nonlocal number
        number += 1
        settled = day if not symbol else _next_open(calendar, day)
        rows.append((day, settled, kind, symbol, quantity, price, "USD", fees, taxes, "Custodian 1",
                     f"{day.year}-{number:04d}", "", note))

    events: list[tuple[date, int, object]] = [(t.day, 1, t) for t in plan.TRANCHES]
    events += [(sale.day, 2, sale) for sale in plan.SALES]
    events += [(day, 0, symbol) for symbol in ("BITO", "NVDA", "BLOK") for day in _dividend_days(symbol, calendar)]
    events.append((plan.SPLIT_DAY, -1, "MSTR"))
    for day, rank, event in sorted(events, key=lambda item: (item[0], item[1], str(item[2]))):
        if rank == -1:
            held["MSTR"] = held.get("MSTR", 0) * 10
        elif isinstance(event, plan.Tranche):
            tranche = plan.TRANCHES.index(event) + 1
            book(day, "funding", "", f"{event.million * 1e6 + 25_000:.2f}", 1, note=f"Tranche {tranche}")
            for symbol, weight in event.weights:
                price = round(world.closes[symbol].on(day) * 1.0004, 2)
                step = 10 if price > 500 else 100
                quantity = int(event.million * 1e6 * weight / price / step) * step
                held[symbol] = held.get(symbol, 0) + quantity
                book(day, "buy", symbol, quantity, f"{price:.2f}", f"{quantity * price * 0.0006:.2f}",
                     note=f"Tranche {tranche}")
        elif rank == 2:
            assert isinstance(event, plan.Sale)
            symbol = event.symbol
            price = round(world.closes[symbol].on(day) * 0.9996, 2)
            quantity = int(held[symbol] * event.share / 100) * 100
            held[symbol] -= quantity
            book(day, "sell", symbol, quantity, f"{price:.2f}", f"{quantity * price * 0.0006:.2f}")
        elif held.get(str(event)):
            symbol = str(event)
            amount = {"BITO": 0.24, "NVDA": 0.01, "BLOK": 0.62}[symbol]
            taxes = round(held[symbol] * amount * 0.15, 2) if symbol == "NVDA" else 0
            book(day, "dividend", symbol, held[symbol], f"{amount:.2f}", 0, taxes)
    return rows


def _dividend_days(symbol: str, calendar: Calendar) -> Iterable[date]:
    months = {"BITO": range(1, 13), "NVDA": (3, 6, 9, 12), "BLOK": (12,)}[symbol]
    for year in (2024, 2025, 2026):
        for month in months:
            day = _next_open(calendar, date(year, month, 1))
            if paths.LISTED < day <= paths.LAST:
                yield day
