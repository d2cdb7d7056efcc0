"""Eligibility: holds, floors, the way back by two persons, parties of orders (F014, F015, F017, F018, F122)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from custody_books import DAY, EARLIER, MANDATE, record
from hypothesis import given, settings
from hypothesis import strategies as st
from two_persons import approved, two_persons

from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused
from sandyq.basics.origin import Origin
from sandyq.limits.eligibility import losses, refusals
from sandyq.limits.mandate import Floors
from sandyq.limits.permits import Permits
from sandyq.limits.result import Order, Verdict
from sandyq.limits.toml import read_mandate
from sandyq.reference.eligibility import EligibilityStatus, Permission, status_on
from sandyq.reference.facts import FactRow
from sandyq.workstation import workstation
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

Q = Question(DAY)
BUY, SELL = Order("buy", Decimal(1), "FBTC", Decimal(100)), Order("sell", Decimal(1), "FBTC", Decimal(100))
NEXT = DAY + timedelta(1)
VOLUME_ROWS = [("price", (0, "FBTC", (EARLIER - timedelta(n)).isoformat(), "90", "USD", "T",
                          (EARLIER - timedelta(n)).isoformat(), "close", "Exchange", None, None, None, None, "1000"))
               for n in range(1, 25)]


def codes(station: Workstation, order: Order, on: date = DAY) -> list[str]:
    found = station.check(Question(on), (order,), largest=False)
    return [code for code, verdict, _ in found.reasons if verdict is Verdict.REFUSED]


def with_floor(station: Workstation, rule: str, version: str = "v2") -> None:
    text = MANDATE.format(name="Sleeve", book="sleeve", cap=300_000_000).replace('"v1"', f'"{version}"').replace(
        "valid_from = 2020-01-01", "valid_from = 2020-01-02") + f"\n[eligibility]\n{rule}\n"
    record(station, [("mandate", (0, "Sleeve", version, "2020-01-02", text))])


# ---- holds

def test_what_is_on_hold_is_not_bought_from_its_day_on_and_always_sold(station: Workstation) -> None:
    station.permits.hold("FBTC", DAY, "The sponsor gave notice of closing", "Notice 7")
    assert codes(station, BUY) == ["eligibility"]
    assert codes(station, BUY, DAY - timedelta(1)) == []
    assert codes(station, SELL) == []
    reason = next(text for code, _, text in station.check(Q, (BUY,), largest=False).reasons if code == "eligibility")
    assert "The sponsor gave notice of closing" in str(reason)
    assert str(DAY) in str(reason)


def test_a_hold_is_a_fact_that_stays_and_the_holding_too(station: Workstation) -> None:
    before = station.holdings(Q)
    station.permits.hold("FBTC", DAY, "Notice", "Notice 7")
    assert station.holdings(Q).market_value_usd == before.market_value_usd
    (held,) = [item for item in station.permits.instruments(Q) if item.permission is Permission.HOLD]
    assert (held.symbol, held.quantity, held.decided and held.decided.reason) == ("FBTC", Decimal(200), "Notice")
    with pytest.raises(BadInput, match="no-reason"):
        station.permits.hold("FBTC", DAY, "  ")


def test_with_people_a_hold_waits_for_a_second_person(station: Workstation) -> None:
    two_persons(station)
    waiting = station.permits.hold("FBTC", DAY, "Notice").proposal
    assert codes(station, BUY) == []
    assert station.permits.hold("FBTC", DAY, "Notice").proposal == waiting
    with pytest.raises(Refused, match="yourself"):
        station.people.approve(waiting)
    approved(station, waiting)
    assert codes(station, BUY) == ["eligibility"]
    assert station.verify().holds


def test_the_way_back_takes_two_persons_always(station: Workstation) -> None:
    station.permits.hold("FBTC", DAY, "Notice")
    with pytest.raises(ApprovalNeeded):
        station.permits.reinstate("FBTC", NEXT, "Notice withdrawn")
    two_persons(station)
    back = station.permits.reinstate("FBTC", NEXT, "Notice withdrawn", "Notice 8").proposal
    assert codes(station, BUY, NEXT) == ["eligibility"]
    approved(station, back)
    assert codes(station, BUY, NEXT) == []
    assert codes(station, BUY) == ["eligibility"]
    with pytest.raises(Refused, match="backdated"):
        station.permits.reinstate("FBTC", DAY, "Again")


@pytest.mark.parametrize("day", [EARLIER, DAY - timedelta(1), DAY])
def test_nobody_is_made_eligible_in_the_past(station: Workstation, day: date) -> None:
    two_persons(station)
    approved(station, station.permits.hold("FBTC", DAY, "Notice").proposal)
    with pytest.raises(Refused, match="backdated"):
        station.permits.reinstate("FBTC", day, "It was never so bad")


def test_what_was_never_held_back_does_not_come_back(station: Workstation) -> None:
    two_persons(station)
    with pytest.raises(BadInput, match="not-held-back"):
        station.permits.reinstate("FBTC", NEXT, "For good measure")
    with pytest.raises(BadInput, match="unknown-instrument"):
        station.permits.hold("NOPE", DAY, "Notice")


# ---- floors, each one unit under, at and over

@pytest.mark.parametrize(("floor", "found"), [("99999.99", []), ("100000", []), ("100000.01", ["floor-volume"])])
def test_a_purchase_under_the_floor_of_volume_is_refused(station: Workstation, floor: str, found: list[str]) -> None:
    """The median of 20 sessions is 1,000 shares, at a valuation price of 100 USD: 100,000 USD a day."""
    record(station, [*VOLUME_ROWS, ("price", (0, "FBTC", DAY.isoformat(), "100", "USD", "T", DAY.isoformat(), "close",
                                              "Exchange", None, None, None, None, "1000"))])
    with_floor(station, f"min_volume = {floor}")
    assert codes(station, BUY) == found
    assert codes(station, SELL) == []


@pytest.mark.parametrize(("floor", "found"), [(99_999_999, []), (100_000_000, []), (100_000_001, ["floor-assets"])])
def test_a_purchase_under_the_floor_of_assets_is_refused(station: Workstation, floor: int, found: list[str]) -> None:
    """1,000,000 units at 100 USD."""
    with_floor(station, f"min_assets = {floor}")
    assert codes(station, BUY) == found


@pytest.mark.parametrize(("days", "found"), [(627, []), (628, []), (629, ["floor-age"])])
def test_an_instrument_has_to_be_listed_long_enough(station: Workstation, days: int, found: list[str]) -> None:
    assert (DAY - date(2024, 1, 11)).days == 628
    with_floor(station, f"min_age_days = {days}")
    assert codes(station, BUY) == found


def test_what_is_delisted_is_not_bought_from_that_day_on(station: Workstation) -> None:
    record(station, [("instrument_attribute", (0, "FBTC.BATS", "delisted_from", DAY.isoformat(), None, "Notice",
                                               "filed"))])
    assert codes(station, BUY) == ["delisted"]
    assert codes(station, BUY, DAY - timedelta(1)) == []


def test_a_lost_floor_is_proposed_as_a_hold_once(station: Workstation) -> None:
    with_floor(station, "min_assets = 100_000_001")
    two_persons(station)
    done = station.permits.propose_losses(Q)
    assert {item.symbol for item in station.permits.instruments(Q) if item.losses} == {"FBTC", "IBIT", "BITB"}
    assert len(done) == 3
    assert [item.proposal for item in station.permits.propose_losses(Q)] == [item.proposal for item in done]
    for item in done:
        approved(station, item.proposal)
    assert station.permits.propose_losses(Q) == ()
    with pytest.raises(Refused, match="still-lost"):
        station.permits.reinstate("FBTC", NEXT, "It will be all right")


def test_floors_are_read_strictly() -> None:
    head = MANDATE.format(name="S", book="sleeve", cap=1)
    found = read_mandate(head + "[eligibility]\nmin_assets = 1\nmin_volume = 2\nmin_age_days = 3\nbeta_band = [0.5, 2]")
    assert found.floors == Floors(Decimal(1), Decimal(2), 3, Decimal("0.5"), Decimal(2))
    for wrong in ("min_assets = -1", 'min_volume = "2"', "min_age_days = 1.5", "beta_band = [2, 1]", "beta_band = 1",
                  "min_asset = 1"):
        with pytest.raises(BadInput, match="bad-mandate"):
            read_mandate(f"{head}[eligibility]\n{wrong}")


@pytest.mark.parametrize(("times", "flagged"), [("0.69", True), ("0.701", False), ("1", False), ("1.299", False),
                                                ("1.31", True), ("2", True)])
def test_a_plain_fund_that_moves_otherwise_than_its_coin_is_flagged(station: Workstation, times: str,
                                                                    flagged: bool) -> None:
    """Sixty days on which FBTC makes each log return of its reference fund times a factor: its beta is the factor."""
    day, rows, one, other = date(2025, 7, 1), [], 60.0, 90.0
    for number in range(60):
        move = 0.02 * (-1) ** number * (1 + number % 5)
        one, other = one * math.exp(move), other * math.exp(move * float(times) + 1e-9 * (number % 3))
        for symbol, close in (("IBIT", one), ("FBTC", other)):
            stamp = (day + timedelta(number)).isoformat()
            rows.append(("price", (0, symbol, stamp, f"{close:.12f}", "USD", "T", stamp, "close", "Exchange", None,
                                   None, None, None, "1000000")))
    record(station, rows)
    q = Question(day + timedelta(59))
    assert [item.code for item in station.check(q, (BUY,), largest=False).findings] == ["beta-outside-band"] * flagged
    found = next(item for item in station.permits.instruments(q) if item.symbol == "FBTC")
    assert [item.code for item in found.flags] == ["beta-outside-band"] * flagged
    sheet = {item.name: item for item in station.custody.eligibility_sheet(q, "FBTC")}
    beta = sheet["measured_beta"]
    assert isinstance(beta.value, Decimal)
    assert abs(beta.value - Decimal(times)) < Decimal("0.001")
    assert (beta.flag is not None) == flagged
    assert beta.source == "IBIT"


def test_unknown_figures_break_no_floor(station: Workstation) -> None:
    row = station.picture(Q).ordering.row("FBTC")
    assert row is not None
    floors = Floors(Decimal(10) ** 12, Decimal(10) ** 12, 10_000)
    assert list(losses(replace(row, volume=None, units=None), floors, Permits(), DAY)) == []


# ---- through whom an order goes

def party(name: str, kind: str, status: str = "active") -> tuple[str, FactRow]:
    return "party", (0, name, name, kind, "US", status, None, "register")


def licence(name: str, until: str | None = None, status: str = "active") -> tuple[str, FactRow]:
    return "licence", (0, name, f"L-{name}", "Authority", "any", "2020-01-01", until, status, "register")


def role(name: str, what: str, subject: str) -> tuple[str, FactRow]:
    return "party_role", (0, name, what, subject, None, None, None, "register")


IN_ORDER = [party("Custodian S", "securities_custodian"), licence("Custodian S"), party("B", "broker"), licence("B"),
            role("B", "broker", "C"), party("BATS", "venue"), licence("BATS")]


@pytest.mark.parametrize(("changed", "expected"), [
    ([], []), ([party("B", "broker", "sanctioned")], ["party-sanctioned"]),
    ([licence("B", "2025-09-29")], ["licence-expired"]), ([licence("B", DAY.isoformat())], []),
    ([party("Custodian S", "securities_custodian", "suspended")], ["party-suspended"]),
    ([licence("BATS", None, "suspended")], ["licence-suspended"])])
@pytest.mark.parametrize("order", [BUY, SELL], ids=["buy", "sell"])
def test_an_order_goes_only_through_parties_that_are_in_order(station: Workstation, order: Order,
                                                              changed: Sequence[tuple[str, FactRow]],
                                                              expected: list[str]) -> None:
    record(station, IN_ORDER)
    record(station, list(changed))
    assert codes(station, replace(order, account="C")) == expected
    assert [item.code for item in station.permits.order_refusals(Q, "C", "FBTC")] == expected


def test_a_party_that_the_kept_register_does_not_know_is_not_in_order(station: Workstation) -> None:
    assert codes(station, replace(BUY, account="Nowhere")) == []
    record(station, IN_ORDER[2:4])
    assert codes(station, replace(BUY, account="Nowhere")) == ["party-unknown"]
    assert codes(station, replace(BUY, account="C")) == ["party-unknown"]
    record(station, [party("XNAS", "venue"), licence("XNAS")])
    assert codes(station, BUY) == ["party-unknown"]


def test_a_licence_that_ends_soon_is_pointed_at_and_refuses_nothing(station: Workstation) -> None:
    record(station, [*IN_ORDER[:2], party("B", "broker"), licence("B", "2025-10-10"), role("B", "broker", "C")])
    assert [item.code for item in station.permits.party_warnings(Q)] == ["licence-ends-soon"]
    assert codes(station, replace(BUY, account="C")) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2025, 12, 31)), st.booleans()), min_size=1, max_size=5,
                unique_by=lambda pair: pair[0]), st.dates(date(2025, 1, 1), date(2026, 1, 31)))
def test_the_last_decision_before_the_day_counts_whatever_their_order(decisions: list[tuple[date, bool]],
                                                                      on: date) -> None:
    rows = [EligibilityStatus("X", "X.XNAS", Permission.ELIGIBLE if free else Permission.HOLD, "why", "", day,
                              Origin(n, 0)) for n, (day, free) in enumerate(decisions)]
    begun = sorted((day, free) for day, free in decisions if day <= on)
    found = status_on(rows, "X.XNAS", on)
    assert (found.may_be_bought if found else None) == (begun[-1][1] if begun else None)
    assert status_on(rows, "Y.XNAS", on) is None


def test_a_token_is_refused_with_the_clause(station: Workstation) -> None:
    with_floor(station, 'token_clause = "Section 5.1: the sleeve holds no tokens."')
    found = station.check(Q, (Order("buy", Decimal(1), "BTC", Decimal(60_000)),), largest=False)
    assert found.verdict is Verdict.REFUSED
    assert "Section 5.1" in str(found.reasons[0][2])
    assert refusals(station.picture(Q).ordering, station.mandate(Q), replace(BUY, symbol="USDT"))[0][0] == "token"


def test_the_day_of_a_way_back_is_held_against_a_clock_that_was_turned(station: Workstation,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock put back to before the hold opens no way to a day in the past."""
    two_persons(station)
    approved(station, station.permits.hold("FBTC", DAY, "Notice").proposal)
    monkeypatch.setattr(workstation, "utc_now", lambda: datetime(2025, 1, 1, tzinfo=UTC))
    with pytest.raises(Refused, match="backdated"):
        station.permits.reinstate("FBTC", EARLIER, "Before it was known")


def test_what_is_held_outside_the_positive_list_is_named_and_not_bought(station: Workstation) -> None:
    with_floor(station, '[[eligibility.instrument]]\nisin = "US0000000010"\n\n[[eligibility.instrument]]\n'
                        f'symbol = "FBTC"\nvalid_to = {DAY.isoformat()}')
    found = {item.symbol: item for item in station.permits.instruments(Q)}
    assert {name for name, item in found.items() if item.permission is Permission.ELIGIBLE} == {"IBIT", "FBTC"}
    assert [finding.code for finding in found["BITB"].findings] == ["outside-positive-list"]
    assert "is held" in str(found["BITB"].findings[0].text)
    assert "is held" not in str(found["KEEP"].findings[0].text)
    assert codes(station, BUY) == []
    assert codes(station, replace(BUY, symbol="BITB", price=Decimal(50))) == ["positive-list"]
    assert codes(station, BUY, NEXT) == ["positive-list"]
    assert codes(station, SELL, NEXT) == []
    assert station.permits.propose_losses(Q) == (), "the list itself decides"


TOKEN_FILES = {
    "instruments": ["symbol,name,kind,underlying,issuer,exchange,fee_pct,currency",
                    "XBT,Coin,token,BTC:1,,XNAS,0,USD", "USDT,Dollar,stablecoin,,Issuer,XNAS,0,USD"],
    "accounts": ["account,institution,currency,form,book", "Wallet 1,Institution 1,BTC,wallet,sleeve"],
    "transactions": ["trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference",
                     "2025-09-29,2025-09-29,buy,BTC,1,60000,USD,0,0,C,X-1",
                     "2025-09-29,2025-09-29,transfer_in,USDT,5,1,USD,0,0,C,X-2"],
}


@pytest.mark.parametrize("name", TOKEN_FILES)
def test_no_file_brings_a_token_in_and_the_clause_is_cited(station: Workstation, tmp_path: Path, name: str) -> None:
    with_floor(station, 'token_clause = "Section 5.1: the sleeve holds no tokens."')
    file = tmp_path / f"{name}.csv"
    file.write_text("\n".join(TOKEN_FILES[name]) + "\n", encoding="utf-8")
    before = station.holdings(Q).market_value_usd
    (done,) = station.accept([file])
    assert (done.new, done.refused) == (0, len(TOKEN_FILES[name]) - 1)
    assert {finding.code for finding in done.findings} == {"token-refused"}
    assert all("Section 5.1" in str(finding.text) for finding in done.findings)
    assert station.holdings(Q).market_value_usd == before
