"""A sheet's worth of results: the thirty-three limits of domain.md B6 with the values of the drawn sheet."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from sandyq.basics.findings import Finding, Severity
from sandyq.basics.language import Language
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.state import Basis, BookSettings, BookState, Lot
from sandyq.exposure.result import Exposure, ExposureLine, Leg, Range, Rung
from sandyq.limits.mandate import Limit, Mandate, Part
from sandyq.limits.result import Headroom, LimitResult, LimitsRun, PartResult, State
from sandyq.market.series import FxPoint, PricePoint
from sandyq.reference.instruments import Attribute, Instrument
from sandyq.reference.kinds import Kind
from sandyq.reports.sheet import Counts, LimitColumns, SheetData, SourceFile, ValueColumns
from sandyq.valuation.holdings import Freshness, Holdings, Line, Thresholds, ValuedLot

DAY = date(2025, 10, 3)
HEAD = sha256(b"the last entry of the sample").hexdigest()
D = Decimal

with (Path(__file__).parent / "limits.csv").open(encoding="utf-8", newline="") as _stream:
    LIMITS = [tuple(row) for row in csv.reader(_stream)][1:]


def number(text: str) -> Decimal | None:
    return D(text) if text else None


def result(row: tuple[str, ...]) -> LimitResult:
    name, en, ru, kk, unit, value, warn, soft, hard, state, room, denominator, group = row
    minimum = name in {"L10", "L19"}
    part = Part(measure="share", title=en, unit=unit, direction="min" if minimum else "max", warn=number(warn),
                soft=number(soft), hard=number(hard), denominator=denominator)
    limit = Limit(id=name, version="3", title={"en": en, "ru": ru, "kk": kk}, clause=f"The clause of {name}.",
                  document="Board 25-114", section=f"4.{int(name[1:])}", valid_from=date(2025, 7, 15), valid_to=None,
                  parts=(part,), cure_days=20, calendar="XNYS", owner="Middle office")
    measured, force = number(value), part.in_force
    findings = (Finding(Severity.ERROR, "volume-missing",
                        N_("The volume of {symbol} is missing since {day}.", symbol="BETF", day=DAY),
                        subject="BETF"),) if state == "unknown" else ()
    denominators = {"reserves:gross": D("57400000000"), "reserves:fx": D("17700000000")}
    used = None
    if measured is not None and force:
        used = force / measured if minimum else measured / force
    beyond = measured - force if state in {"breach", "soft_breach"} and measured is not None and force else None
    worst = PartResult(
        part=part, state=State(state), group=group, value=measured, numerator=None,
        denominator=denominators.get(denominator, D("300384000") if denominator else None), utilisation=used,
        excess=beyond, excess_usd=None,
        headroom=Headroom(usd=D(room) * 1_000_000 if room else None,
                          shares=D(-192300) if room.startswith("-") else None,
                          symbol="IBIT" if room.startswith("-") else ""),
        groups=(), findings=findings, denominator_day=date(2025, 8, 31), denominator_source="reserves.csv")
    return LimitResult(limit=limit, state=State(state), worst=worst, parts=(worst,), findings=())


HOLDINGS = [
    ("IBIT", "iShares Bitcoin Trust", Kind.SPOT_ETF, "1500000", "68.50", "BTC"),
    ("ETHA", "iShares Ethereum", Kind.SPOT_ETF, "600000", "33.10", "ETH"),
    ("MSTR", "Strategy Inc A", Kind.TREASURY_COMPANY, "36000", "351.63", "BTC"),
    ("=2+3", "@SUM(A1:A9) a name that is a formula", Kind.ETP, "30000", "1.10", "BTC"),
]


def instrument(symbol: str, name: str, kind: Kind) -> Instrument:
    values = {"symbol": symbol, "name": name, "kind": kind.value, "currency": "USD"}
    return Instrument(f"{symbol}.XNAS", {
        key: (Attribute(value, None, "instruments.csv", "issuer", Origin(1, 2)),) for key, value in values.items()})


def valued(index: int, row: tuple[str, str, Kind, str, str, str]) -> Line:
    symbol, name, kind, quantity, price, _ = row
    worth = D(quantity) * D(price)
    cost = worth * D("0.8")
    lot = Lot(f"{symbol}.XNAS", "MAIN", f"T-{index}", date(2025, 1, 14), D(quantity), cost, "USD", cost,
              Origin(3, index + 2))
    point = PricePoint(DAY, D(price), "USD", D(price), D(1), "T", "close", "exchange", D(1000), Origin(2, index + 10))
    return Line(
        instrument=instrument(symbol, name, kind), symbol=symbol, kind=kind, quantity=D(quantity), price=point, age=0,
        freshness=Freshness.FRESH, fx=None, market_value_usd=worth, market_value_kzt=worth * D("549.06"),
        cost_usd=cost, unrealised_usd=worth - cost, unrealised_fx_usd=D(0), realised_usd=D(0), realised_fx_usd=D(0),
        income_usd=D(0), withholding_usd=D(0), fees_usd=D(100), taxes_usd=D(0),
        lots=(ValuedLot(lot, worth, worth - cost),))


def seen_through(line: Line, coin: str) -> ExposureLine:
    assert line.market_value_usd is not None
    same = Range(line.market_value_usd, line.market_value_usd, line.market_value_usd)
    coins = line.market_value_usd / D(120000)
    return ExposureLine(
        symbol=line.symbol, instrument=line.instrument.id, market_value_usd=line.market_value_usd, rung=Rung.REPORTED,
        method=N_("coins per share"), coins={coin: Range(coins, coins, coins)}, equivalent=False, exposure_usd=same,
        coins_per_share=D("0.000567"), reported="rolled", basis_date=DAY, premium=None, mnav=None, beta=None,
        legs=(Leg("asset", line.market_value_usd, True, N_("coins × price"),
                  (("fund_holdings", Origin(4, 77)),)),),
        custodians={"Coinbase Custody": D(1)})


def make_sheet(language: Language) -> SheetData:
    """Return the sample: 33 limits in six states, four lines, a year of values."""
    lines = tuple(valued(i, row) for i, row in enumerate(HOLDINGS))
    total = sum((line.market_value_usd or D(0) for line in lines), D(0))
    cost = sum((line.cost_usd or D(0) for line in lines), D(0))
    kzt = FxPoint(DAY, "USD", "KZT", D("549.06"), "National Bank", ("USD/KZT",), Origin(5, 9))
    state = BookState(DAY, Basis.TRADE, BookSettings(), {}, (), (), (), {}, ())
    holdings = Holdings(
        as_of=DAY, state=state, lines=lines, cash=(), kzt=kzt, market_value_usd=D("300384000"),
        market_value_kzt=D("164930000000"), known_market_value_usd=total, unknown_lines=0, cost_usd=cost,
        unrealised_usd=total - cost, realised_usd=D(0), income_usd=D(0), withholding_usd=D(0), fees_usd=D(400),
        taxes_usd=D(0), net_invested_usd=D("233911000"))
    coins = {"BTC": Range(D("1900"), D("1906.7"), D("1950")), "ETH": Range(D("4640.3"), D("4640.3"), D("4640.3"))}
    exposure = Exposure(
        as_of=DAY, lines=tuple(seen_through(line, row[5]) for line, row in zip(lines, HOLDINGS, strict=True)),
        total_usd=Range(D("280000000"), D("293500000"), D("310000000")), by_coin=coins, by_coin_usd={},
        by_custodian={}, by_custodian_worst={}, coin_equivalent=D("2413"),
        coin_prices={"BTC": (D("122000"), DAY, "16:00 America/New_York")})
    results = tuple(result(row) for row in LIMITS)
    mandate = Mandate(
        name="Sleeve A", version="v3", valid_from=date(2025, 7, 15), body="Board", document="Board 25-114",
        currency="USD", minimum=D("50000000"), target=D("250000000"), maximum=D("300000000"), example=True,
        binding_meter="net_invested", ramp_up_floor=D("50000000"), thresholds=Thresholds(), reference_funds={},
        fallback_factor=D("1.5"), limits=tuple(r.limit for r in results), positive_list=(), allowed_kinds=(),
        token_clause="4.6", fee_schedule={})
    return SheetData(
        language=language, book="sleeve-a.sandyq", demo=True, final=False, prepared_by="Middle office 1",
        checked_by="", data_cut_off=datetime(2025, 10, 6, 3, 52, tzinfo=UTC),
        known_at=datetime(2025, 10, 6, 4, 12, tzinfo=UTC), chain_head=HEAD, entries=18442, mandate=mandate,
        holdings=holdings, exposure=exposure, run=LimitsRun(DAY, "v3", results),
        counts=Counts(prices=12, expected=12, stale=1, missing=0, findings=4), limit_history=_limit_history(),
        value_history=_value_history(),
        files={n: SourceFile(f"file{n}.csv", sha256(bytes([n])).hexdigest(), "Middle office 1",
                             datetime(2025, 10, 6, 3, n, tzinfo=UTC)) for n in range(1, 6)})


def _wave(index: int) -> float:
    return ((index * 7919) % 101 - 50) / 50


def _limit_history() -> LimitColumns:
    first = date(2025, 7, 1)
    days = tuple(d for d in (first + timedelta(n) for n in range(95)) if d.weekday() < 5)
    change = date(2025, 7, 15)
    values = tuple(None if 30 <= i < 32 else 0.0035 + 0.0017 * i / len(days) + 0.00006 * _wave(i)
                   for i in range(len(days)))
    return LimitColumns(
        "L02", "ratio", "max", days, values,
        warn=tuple(0.0036 if day < change else 0.0045 for day in days),
        soft=tuple(0.0040 if day < change else 0.0050 for day in days),
        hard=tuple(0.0060 if day < change else 0.0075 for day in days),
        breaches=((date(2025, 9, 17), date(2025, 9, 18)), (date(2025, 10, 1), DAY)),
        flows=((date(2025, 7, 15), 24.8e6), (date(2025, 7, 29), 23.4e6), (date(2025, 8, 19), -24.8e6)),
        versions=((date(2025, 1, 1), "v2", "Board 24-20"), (change, "v3", "Board 25-114")))


def _value_history() -> ValueColumns:
    first = date(2024, 10, 4)
    days = tuple(d for d in (first + timedelta(n) for n in range(365)) if d.weekday() < 5)
    invested = tuple(min(233.911, 24.0 * (1 + i // 26)) * 1e6 for i in range(len(days)))
    value = tuple(amount * (1 + 0.28 * i / len(days) + 0.02 * _wave(i)) for i, amount in enumerate(invested))
    return ValueColumns(days, (*value[:-1], 300.384e6), invested,
                        tuple(200e6 if i < 55 else 300e6 for i in range(len(days))))


RUSSIAN = {
    "Daily limit sheet": "Суточный лист лимитов", "OK": "В норме", "Warning": "Предупреждение",
    "Soft breach": "Нарушен мягкий", "Breach": "Нарушен", "Unknown": "Неизвестно",
    "Not applicable": "Не применимо", "Upcoming": "Предстоит", "State": "Состояние", "Id": "№", "Limit": "Лимит",
    "Value": "Значение", "Unit": "Единица", "Warning level": "Предупр.", "Soft": "Мягкий", "Hard": "Жёсткий",
    "Limit in force = 100": "Действующий лимит = 100", "Use, %": "Использ., %", "Headroom, USD m": "Запас, млн USD",
    "Note": "Примечание", "USD m": "млн USD", "KZT bn": "млрд KZT", "bd": "р. д.", "count": "шт.", "min": "мин.",
    "Market value": "Рыночная стоимость", "Net invested": "Чистые вложения",
    "Look-through exposure": "Сквозная экспозиция", "Bitcoin held indirectly": "Биткоин, косвенно",
    "Ether held indirectly": "Эфир, косвенно", "Share of reserves": "Доля резервов", "DRAFT": "ЧЕРНОВИК",
    "FINAL": "ОКОНЧАТЕЛЬНО", "Needs a decision or an answer: {n}": "Требует решения или ответа: {n}",
    "missing: {what}": "нет данных: {what}", "Friday": "пятница",
    "{title}{group}: {value} {unit}, limit in force {limit}, over by {excess} {unit}.":
        "{title}{group}: {value} {unit}, действующий лимит {limit}, превышение {excess} {unit}.",
    "To be reduced: USD {usd} m, or {shares} {symbol}.": "К сокращению: {usd} млн USD или {shares} {symbol}.",
    "Cure period, business days: {days}. Until then only orders that reduce it pass.":
        "Срок устранения, р. д.: {days}. До этого проходят только сокращающие заявки.",
    "Net invested by the cash convention.": "Чистые вложения по кассовому методу.",
    "Head of risk": "Руководитель риск-менеджмента", "Prepared: {role}": "Подготовил: {role}", "Checked": "Проверил",
}
KAZAKH = {
    "Daily limit sheet": "Тәуліктік лимит парағы", "OK": "Қалыпты", "Warning": "Ескерту",
    "Soft breach": "Жұмсағы бұзылды", "Breach": "Бұзылды", "Unknown": "Белгісіз", "Not applicable": "Қолданылмайды",
    "Upcoming": "Алда", "State": "Күйі", "Id": "№", "Limit": "Лимит", "Value": "Мәні", "Unit": "Бірлігі",
    "Warning level": "Ескерту", "Soft": "Жұмсақ", "Hard": "Қатаң", "Limit in force = 100": "Қолданыстағы лимит = 100",
    "Use, %": "Пайдаланылуы, %", "Headroom, USD m": "Қор, млн USD", "Note": "Ескертпе", "USD m": "млн USD",
    "KZT bn": "млрд KZT", "bd": "ж. к.", "count": "дана", "min": "ең азы", "Market value": "Нарықтық құны",
    "Net invested": "Таза салым", "Look-through exposure": "Астарлы экспозиция",
    "Bitcoin held indirectly": "Биткоин, жанама", "Ether held indirectly": "Эфир, жанама",
    "Share of reserves": "Резервтердегі үлесі", "DRAFT": "ЖОБА", "FINAL": "ТҮПКІЛІКТІ", "Friday": "жұма",
    "Needs a decision or an answer: {n}": "Шешім немесе жауап қажет: {n}", "missing: {what}": "дерек жоқ: {what}",
    "Not counted as OK.": "Қалыпты деп есептелмейді.",
}
CATALOGUES = {"en": {}, "ru": RUSSIAN, "kk": KAZAKH}
"""Enough of the words of visual.md, section 11, to see that every layout holds without the product's catalogues."""


@pytest.fixture
def sheet() -> Callable[[str], SheetData]:
    """Return a maker of the sample sheet by language code."""
    return lambda code: make_sheet(Language(code, CATALOGUES[code]))


@pytest.fixture
def english(sheet: Callable[[str], SheetData]) -> SheetData:
    return replace(sheet("en"))
