"""Every part of the example mandate one unit under, at and over each of its levels, on books that measure so much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from random_books import DAY, emptied, row

from sandyq.basics.decimals import ONE, ZERO
from sandyq.exposure.result import Premium, Rung
from sandyq.limits.evaluate import part_result
from sandyq.limits.mandate import Part
from sandyq.limits.result import Order, State
from sandyq.limits.snapshot import Denominator, Row, Snapshot
from sandyq.limits.surroundings import Company, GateSign, Known, Place, Unsettled
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind
from sandyq_resources import text

WHOLE = Decimal(1_000_000_000)
STEP = {"USD": Decimal("0.01"), "ratio": Decimal("0.000000001"), "days": Decimal("0.000000001"), "count": ONE}
MANDATE = read_mandate(text("mandates/example.toml"))
ORDER = Order("buy", ONE, "A", Decimal(10))


def line(symbol: str, value: Decimal, **changes: object) -> Row:
    """Return a line worth `value` at one dollar a share, exposed one to one to bitcoin."""
    made = replace(row(0, 1, 100, 3, 0), symbol=symbol, instrument=symbol, issuer=symbol, sponsor_group=symbol,
                   quantity=value, price=ONE, market_value=value, cost=value, exposure=value, share_exposure=ONE,
                   coins={"BTC": value}, share_coins={"BTC": ONE}, custody={}, share_custody={}, beta=ONE, age=0,
                   volume=WHOLE * 1000, units=WHOLE * 1000)
    return replace(made, **changes)  # type: ignore[arg-type]


def book(*rows: Row, **changes: object) -> Snapshot:
    made = Snapshot(as_of=DAY, rows=rows, candidates={"A": emptied(line("A", ONE))}, invested=ZERO, flows=(),
                    reserves={name: Denominator(WHOLE, DAY, "bulletin", None) for name in ("gross", "fx")},
                    programme=ZERO, ramp_up_floor=MANDATE.ramp_up_floor, drawdown=None, bitcoin=Decimal(100_000))
    return replace(made, **changes)  # type: ignore[arg-type]


def inside(part: Part) -> dict[str, object]:
    """Return what makes a line lie in the scope of a part."""
    kinds, currency = part.scope.get("kind", ("spot_etf",)), part.scope.get("currency", ("USD",))[0]
    venue = part.scope.get("venue", ("XNAS",))[0]
    kind = "tech_equity" if "beta_below" in part.options else kinds[0]
    return {"kind": Kind(kind), "currency": "EUR" if currency == "!USD" else currency,
            "country": part.scope.get("country", ("US",))[0], "venue": "XNAS" if venue.startswith("!") else venue}


def summed(part: Part, value: Decimal) -> Snapshot:
    if part.unit == "USD":
        return book(line("A", value, **inside(part)))
    if part.denominator != "sleeve":
        return book(line("A", value * WHOLE, **inside(part)))
    other = Kind.SPOT_ETF if "infrastructure" in part.scope.get("kind", ()) or "beta_below" in part.options else (
        Kind.INFRASTRUCTURE)
    return book(line("A", value * WHOLE, **inside(part)), line("B", (ONE - value) * WHOLE, kind=other))


def bitten(part: Part, value: Decimal) -> Snapshot:
    wanted = part.scope["coin"][0]
    coin = {"BTC": "BTC", "ETH": "ETH", "!BTC": "SOL", "affiliated": "BNB"}[wanted]
    rest = "BTC" if coin != "BTC" else "ETH"
    return book(line("A", WHOLE, coins={coin: value * WHOLE, rest: (ONE - value) * WHOLE}))


def ordered(**changes: object) -> Snapshot:
    return book(line("A", WHOLE, **changes), orders=(ORDER,))


def company(**facts: Decimal | None) -> Snapshot:
    usual = Company(coins=WHOLE, pledged=ZERO, claims=ZERO, shares=ONE)
    return book(line("A", WHOLE, kind=Kind.TREASURY_COMPANY),
                around=Known(companies={"A": replace(usual, **facts)}), orders=(ORDER,))


def risky(value: Decimal) -> Snapshot:
    tail = SimpleNamespace(value_at_risk=float(value), expected_shortfall=float(value), unknown=())
    scenario = SimpleNamespace(id="worst", costs=True)
    model = SimpleNamespace(tails=SimpleNamespace(risk=lambda *_: tail, rules=SimpleNamespace(least=1)),
                            stress=SimpleNamespace(library=(scenario,), losses=lambda *_: (value,)))
    return book(line("A", WHOLE), risk=model)


def premium(part: Part, value: Decimal) -> Snapshot:
    found = Premium.__new__(Premium)
    for name, given in {"value": -value, "comparable": True, "reason": None}.items():
        object.__setattr__(found, name, given)
    return ordered(premium=found, **inside(part))


BOOKS: dict[str, Callable[[Part, Decimal], Snapshot]] = {
    "market_value": summed, "apportioned": summed, "through_funds": summed, "coin_mix": bitten, "premium": premium,
    "net_invested": lambda _, value: book(invested=value),
    "pace": lambda _, value: book(flows=((DAY, value),)), "first_tranche": lambda _, value: book(flows=((DAY, value),)),
    "programme": lambda _, value: book(line("A", ONE), programme=value - ONE),
    "token_count": lambda _, value: book(*(line(str(n), ONE, kind=Kind.REFERENCE) for n in range(int(value)))),
    "short_count": lambda _, value: book(*(line(str(n), -ONE) for n in range(int(value)))),
    "forbidden_products": lambda _, value: book(*(line(str(n), ONE, structure="inverse") for n in range(int(value)))),
    "custodian": lambda _, value: book(line("A", WHOLE, custody={"K": value * WHOLE}),
                                       *(line(f"B{n}", WHOLE, custody={f"M{n}": (ONE - value) * WHOLE / 4})
                                         for n in range(4))),
    "ownership": lambda part, value: book(line("A", value * WHOLE, units=WHOLE, **inside(part))),
    "days_to_exit": lambda _, value: book(line("A", value * 100, volume=Decimal(1000))),
    "book_exit": lambda _, value: book(line("A", value * 100, volume=Decimal(950))),
    "order_volume": lambda _, value: book(line("A", WHOLE, volume=WHOLE),
                                          orders=(replace(ORDER, quantity=value * WHOLE),)),
    "gate": lambda _, value: book(line("A", ONE), orders=(ORDER,) * int(max(value, ONE)), around=Known(
        gate=GateSign("closed" if value else "open", DAY))),
    "claims_on_coins": lambda _, value: company(claims=value * WHOLE),
    "enterprise_multiple": lambda _, value: company(shares=value * WHOLE / 10),
    "unencumbered_coins": lambda _, value: company(pledged=(ONE - value) * WHOLE),
    "drawdown": lambda _, value: book(drawdown=value, flows=((DAY, ONE),)),
    "white_list": lambda part, value: book(line("A", ONE, **({"country": "XX", "venue": "XXXX"} if value else {}))),
    "negative_list": lambda _, value: book(line("A", ONE, issuer="Barred" if value else "Fine"),
                                           around=Known(sanctioned=frozenset({"barred"}))),
    "unsettled": lambda _, value: book(around=Known(accounts={"X": Place("X", "Broker", "Bank", ONE)},
                                                    unsettled=(Unsettled("X", value),))),
    "custodian_rating": lambda _, value: book(line("A", ONE), around=Known(
        places={"A": (Place("X", "Broker", "Bank", ONE),)}, ratings={"Bank": ("BBB+" if value else "A-",)})),
    "stale_share": lambda _, value: book(line("A", value * WHOLE, age=9), line("B", (ONE - value) * WHOLE)),
    "fallback_share": lambda _, value: book(line("A", value * WHOLE, rung=Rung.FALLBACK),
                                            line("B", (ONE - value) * WHOLE)),
    "holdings_age": lambda _, value: book(line("A", ONE, holdings_age=int(value))),
    "var": lambda _, value: risky(value), "expected_shortfall": lambda _, value: risky(value),
    "stress": lambda _, value: risky(value),
}


def cases() -> Iterator[tuple[str, Part, Decimal]]:
    for limit in MANDATE.limits:
        for part in limit.parts:
            step = ONE if part.measure == "holdings_age" else STEP[
                "ratio" if part.measure == "enterprise_multiple" else part.unit]
            for level in (part.warn, part.soft, part.hard):
                for value in (() if level is None else (level - step, level, level + step)):
                    if value >= 0 and (part.unit != "count" or value <= 1 or part.measure == "enterprise_multiple"):
                        yield f"{limit.id}-{part.measure}-{part.title}-{value}", part, value


def expected(part: Part, value: Decimal) -> State:
    """What the design says: a value equal to the soft or hard level is within, equal to the warning level warns."""
    sign = 1 if part.direction == "max" else -1
    for level, state in ((part.hard, State.BREACH), (part.soft, State.SOFT_BREACH)):
        if level is not None and sign * value > sign * level:
            return state
    return State.WARNING if part.warn is not None and sign * value >= sign * part.warn else State.OK


CASES = list(cases())


@pytest.mark.parametrize(("part", "value"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_level_is_kept_at_it_and_crossed_one_unit_beyond(part: Part, value: Decimal) -> None:
    found = part_result(part, BOOKS[part.measure](part, value))
    assert found.value == value
    assert found.state is expected(part, value)


def test_all_limits_of_the_example_are_tried() -> None:
    assert {case[0].split("-")[0] for case in CASES} == {limit.id for limit in MANDATE.limits}
    assert len(MANDATE.limits) == 33
