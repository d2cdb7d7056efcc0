"""Random books, mandates and baskets for the laws of the order check: every measure, scopes, groups, unknowns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from sandyq.basics.decimals import ONE, ZERO
from sandyq.exposure.result import Rung
from sandyq.limits.mandate import Mandate
from sandyq.limits.result import Order
from sandyq.limits.snapshot import Denominator, Row, Snapshot
from sandyq.limits.surroundings import Company, Constituent, Entity, Known, Place, Tie, Unsettled
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind

DAY = date(2025, 10, 3)
KINDS = (Kind.SPOT_ETF, Kind.TREASURY_COMPANY, Kind.MINER, Kind.EQUITY_ETF, Kind.EXCHANGE)
SYMBOLS = tuple(f"S{number}" for number in range(8))
HEAD = """
[mandate]
name = "Board"
version = "1"
valid_from = 2025-01-01
maximum = 300_000_000
ramp_up_floor = {floor}
[orders]
slippage = {slippage}
fx_buffer = {buffer}
fee_ratio = 0.001
[eligibility]
token_clause = "Clause 2: no tokens."
"""
SUMS = tuple(
    f'measure = "market_value"\nbasis = "{basis}"\n{below}\n{scope}\n{group}'
    for basis in ("market_value", "cost", "look_through", "beta_adjusted", "highest")
    for below in ('unit = "USD"', 'unit = "ratio"\ndenominator = "sleeve"', 'unit = "ratio"\ndenominator = "coins"',
                  'unit = "ratio"\ndenominator = "reserves:gross"')
    for scope in ("", 'scope = {kind = ["spot_etf", "miner"]}', 'scope = {currency = ["!USD"]}')
    for group in ("", 'group_by = "issuer"', 'group_by = "symbol"', 'group_by = "sponsor_group"'))
OTHERS = (
    'measure = "net_invested"\nunit = "USD"', 'measure = "pace"\nunit = "USD"\noptions = {days = "7"}',
    'measure = "first_tranche"\nunit = "USD"', 'measure = "custodian"\nunit = "ratio"',
    'measure = "coin_mix"\nunit = "ratio"\nscope = {coin = ["ETH"]}',
    'measure = "coin_mix"\nunit = "ratio"\nscope = {coin = ["!BTC", "!ETH"]}',
    'measure = "coin_equivalent"\nunit = "count"', 'measure = "ownership"\nunit = "ratio"',
    'measure = "ownership"\nunit = "ratio"\nscope = {kind = ["spot_etf"]}', 'measure = "days_to_exit"\nunit = "days"',
    'measure = "book_exit"\nunit = "days"', 'measure = "order_volume"\nunit = "ratio"',
    'measure = "token_count"\nunit = "count"', 'measure = "forbidden_products"\nunit = "count"',
    'measure = "premium"\nunit = "ratio"', 'measure = "drawdown"\nunit = "ratio"\noptions = {blocks = "buys"}',
    'measure = "programme"\nunit = "USD"', 'measure = "holdings_age"\nunit = "days"',
    'measure = "stale_share"\nunit = "ratio"\ndenominator = "sleeve"\noptions = {days = "1"}',
    'measure = "fallback_share"\nunit = "ratio"\ndenominator = "sleeve"',
    'measure = "market_value"\nunit = "ratio"\ndenominator = "sleeve"\ngroup_by = "broker"',
    'measure = "market_value"\nunit = "USD"\ngroup_by = "entity"',
    'measure = "market_value"\nunit = "ratio"\ndenominator = "coins"\nbasis = "look_through"\ngroup_by = "coin"',
    'measure = "market_value"\nunit = "ratio"\ndenominator = "sleeve"\ngroup_by = "country"',
    'measure = "through_funds"\nunit = "ratio"\ndenominator = "sleeve"\ngroup_by = "issuer"',
    'measure = "unsettled"\nunit = "USD"', 'measure = "custodian_rating"\nunit = "count"',
    'measure = "white_list"\nunit = "count"\noptions = {dimension = "country", allowed = ["US"], blocks = "buys"}',
    'measure = "negative_list"\nunit = "count"\noptions = {barred = ["s3"]}',
    'measure = "claims_on_coins"\nunit = "ratio"\nscope = {kind = ["treasury_company"]}',
    'measure = "enterprise_multiple"\nunit = "count"\nscope = {kind = ["treasury_company"]}',
    'measure = "herfindahl"\nunit = "ratio"\ngroup_by = "issuer"',
    'measure = "largest_groups"\nunit = "ratio"\ndenominator = "sleeve"\ngroup_by = "issuer"\noptions = {top = "2"}',
)
LEVELS = {"USD": ("1000", "60000", "250000", "900000"), "ratio": ("0.0001", "0.05", "0.3", "0.7"),
          "count": ("0", "1", "2", "5"), "days": ("0.5", "2", "40", "90")}


def row(number: int, quantity: int, cents: int, beta: int, loss: int) -> Row:
    """Return a line; `loss` takes something away from what is known of it (from 0 to 5: nothing)."""
    symbol, price = SYMBOLS[number], Decimal(cents) / 100
    kind = KINDS[number % len(KINDS)]
    currency, rate = ("EUR", Decimal("1.1234567")) if number % 3 == 2 else ("USD", ONE)
    each = price * rate
    through = each * Decimal(beta) / 3 if loss != 6 else None
    count = Decimal(quantity)
    coins = {"BTC": through} if number % 2 else {"ETH": through, "SOL": ONE}
    custody = {("Keeper A", "Keeper B", "Keeper C")[number % 3]: through} if kind is Kind.SPOT_ETF else {}
    lost = loss == 7

    def whole(amounts: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
        return {name: None if amount is None else amount * count for name, amount in amounts.items()}

    if through is None:
        coins, custody = dict.fromkeys(coins), dict.fromkeys(custody)
    return Row(
        symbol=symbol, instrument=symbol, kind=kind, issuer=f"Issuer {number // 2}",
        sponsor_group=f"Group {number % 3}",
        currency=currency, country="" if loss == 8 else ("US", "IE")[number % 2], venue="XNAS", quantity=count,
        price=None if lost else each, rate=rate, market_value=None if lost else count * each,
        cost=count * each * Decimal("0.9"), exposure=None if through is None else count * through,
        exposure_high=None if through is None else count * through, coins=whole(coins), custody=whole(custody),
        share_exposure=through, share_high=through, share_coins=coins, share_custody=custody,
        beta=None if loss == 9 else Decimal(beta) / 3, premium=None, age=loss, rung=Rung.REPORTED,
        holdings_age=30 + number if kind is Kind.TREASURY_COMPANY else None,
        volume=None if loss == 10 else Decimal(1000 + 100 * number), units=None if loss == 11 else Decimal(10**6),
        structure="", leverage=ONE)


@st.composite
def books(draw: st.DrawFn) -> Snapshot:
    """A book of up to six lines of eight instruments; the others can be bought."""
    losses = st.one_of(st.integers(0, 5), st.integers(0, 5), st.integers(0, 11))
    rows = [row(number, draw(st.integers(1, 2000)), draw(st.integers(101, 9000)), draw(st.integers(1, 7)),
                draw(losses)) for number in range(len(SYMBOLS))]
    held = draw(st.sets(st.integers(0, len(SYMBOLS) - 1), max_size=6))
    around = Known(
        constituents={"S3": (Constituent("Issuer 0", "S1", Kind.TREASURY_COMPANY, "US", Decimal("0.25")),)},
        companies={symbol: Company(Decimal(900), Decimal(100), Decimal(200), Decimal(10)) for symbol in SYMBOLS[:7]},
        places=dict.fromkeys(SYMBOLS, (Place("A1", "Broker A", "Bank A", Decimal("0.5")),
                                       Place("A2", "Broker B", "Bank B", Decimal("0.5")))),
        accounts={"A1": Place("A1", "Broker A", "Bank A", ONE)}, ratings={"Bank A": ("A",), "Bank B": ("BBB",)},
        entities=(Entity("Group 1", dict.fromkeys(("S1", "S4"), (Tie("sponsor", False, ONE, ()),))),),
        unsettled=(Unsettled("A1", Decimal(500)),))
    gross = {"gross": Denominator(Decimal(700_000), DAY, "bulletin", None)}
    return Snapshot(
        as_of=DAY, rows=tuple(rows[number] for number in sorted(held)),
        candidates={rows[number].symbol: emptied(rows[number]) for number in range(len(SYMBOLS)) if number not in held},
        invested=Decimal(draw(st.integers(0, 400_000))), flows=((DAY, Decimal(1000)),),
        reserves={} if draw(st.integers(0, 9)) == 9 else gross,
        programme=Decimal(5000), ramp_up_floor=Decimal(draw(st.sampled_from([0, 0, 40_000]))), drawdown=Decimal("0.1"),
        bitcoin=Decimal(100_000), around=around)


def emptied(found: Row) -> Row:
    """Return the row of an instrument that is not held."""
    return replace(found, quantity=ZERO, market_value=None if found.market_value is None else ZERO, cost=ZERO,
                   exposure=None if found.exposure is None else ZERO,
                   coins={name: None if amount is None else ZERO for name, amount in found.coins.items()},
                   custody={name: None if amount is None else ZERO for name, amount in found.custody.items()})


@st.composite
def mandates(draw: st.DrawFn, parts: tuple[str, ...] = (*SUMS, *OTHERS)) -> Mandate:
    """A mandate of some limits with one or two parts each; levels are in reach of the random books."""
    text = HEAD.format(floor=draw(st.sampled_from([0, 40_000])), slippage=draw(st.sampled_from(["0", "0.013"])),
                       buffer=draw(st.sampled_from(["0", "0.02"])))
    pool = st.one_of(st.sampled_from(parts), st.sampled_from([part for part in parts if part in OTHERS] or parts))
    for number in range(draw(st.integers(1, 6))):
        text += f'[[limit]]\nid = "L{number:02d}"\nclause = "Clause."\n'
        for part in draw(st.lists(pool, min_size=1, max_size=2)):
            unit = part.split('unit = "', 1)[1].split('"', 1)[0]
            low, high = sorted(draw(st.lists(st.sampled_from(LEVELS[unit]), min_size=2, max_size=2, unique=True)),
                               key=Decimal)
            minimum = '"issuer"' in part and draw(st.booleans())
            soft, hard, direction = (high, low, "min") if minimum else (low, high, "max")
            text += f'[[limit.part]]\n{part}\nsoft = {soft}\nhard = {hard}\ndirection = "{direction}"\n'
            text += f'block_at = "{draw(st.sampled_from(["hard", "hard", "soft"]))}"\n'
    return read_mandate(text)


@st.composite
def sales(draw: st.DrawFn, book: Snapshot) -> tuple[Order, ...]:
    """Sales of some lines of a book, in parts or whole."""
    return tuple(Order("sell", Decimal(draw(st.integers(1, int(each.quantity)))), each.symbol, each.price or ONE)
                 for each in draw(st.permutations(book.rows))[:2])


@st.composite
def baskets(draw: st.DrawFn, book: Snapshot, most: int = 3) -> tuple[Order, ...]:
    """Some orders for the book: purchases of anything, sales of what is held, sometimes of all of it."""
    found = []
    for _ in range(draw(st.integers(1, most))):
        symbol = draw(st.sampled_from(SYMBOLS))
        held = book.row(symbol)
        price = Decimal(draw(st.integers(101, 9000))) / 100
        if held is not None and draw(st.booleans()):
            left = held.quantity - sum((order.quantity for order in found if order.symbol == symbol
                                        and order.side == "sell"), ZERO)
            if left:
                quantity = left if draw(st.booleans()) else Decimal(draw(st.integers(1, int(left))))
                found.append(Order("sell", quantity, symbol, price))
                continue
        found.append(Order("buy", Decimal(draw(st.integers(1, 500))), symbol, price, account="A1"))
    return tuple(found)
