"""Accounts by themselves, the ladder, fees settled in a stablecoin, and two books in one file (F121, F124, F125)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from custody_books import DAY, EARLIER, account, booking, mandate, money, record, sleeve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Severity
from sandyq.basics.origin import Origin
from sandyq.limits.result import State
from sandyq.reference.accounts import Account, Form
from sandyq.reference.facts import FactRow
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

ALL = Question(DAY, None, "*")


def test_each_account_and_currency_stands_by_itself(station: Workstation) -> None:
    record(station, [account("K", "Central bank", "cbdc", "KZT"), account("C", "Custodian S"),
                     booking("F-3", "funding", "", 1_000_000, 1, "K", currency="KZT"),
                     booking("T-9", "buy", "IBIT", 100, 65, "C", DAY, date(2025, 10, 1)),
                     money("C", 822_000), money("D", 27_000, EARLIER)])
    found = {(item.account, item.currency): item for item in station.custody.accounts(ALL)}
    assert set(found) == {("C", "USD"), ("D", "USD"), ("K", "KZT")}
    custody = found["C", "USD"]
    assert (custody.booked, custody.settled, custody.unsettled) == (Decimal(815_500), Decimal(822_000), Decimal(-6500))
    assert (custody.statement, custody.statement_day) == (Decimal(822_000), DAY)
    assert (found["D", "USD"].statement, found["D", "USD"].statement_day) == (Decimal(27_000), EARLIER)
    digital = found["K", "KZT"]
    assert (digital.form, digital.institution, digital.booked) == ("cbdc", "Central bank", Decimal(1_000_000))
    assert digital.statement is None


def test_an_account_without_movement_is_there_with_zeros(station: Workstation) -> None:
    station.custody.open_account(Account("N", "Bank T", "EUR", Form.BANK_MONEY, "sleeve", "Middle office 2",
                                         date(2025, 9, 1), None, Origin(0, 0)))
    found = {item.account: item for item in station.custody.accounts(ALL)}
    assert (found["N"].booked, found["N"].currency) == (Decimal(0), "EUR")
    assert "N" not in {item.account for item in station.custody.accounts(Question(EARLIER, None, "*"))}


@pytest.mark.parametrize("unfit", [
    Account("", "B", "USD", Form.BANK_MONEY, "sleeve", "", None, None, Origin(0, 0)),
    Account("N", "B", "", Form.BANK_MONEY, "sleeve", "", None, None, Origin(0, 0)),
    Account("N", "B", "USD", Form.BANK_MONEY, "*", "", None, None, Origin(0, 0)),
    Account("N", "B", "USD", Form.BANK_MONEY, "sleeve", "", DAY, EARLIER, Origin(0, 0)),
])
def test_an_unfit_account_is_not_opened(station: Workstation, unfit: Account) -> None:
    with pytest.raises(BadInput, match="account-"):
        station.custody.open_account(unfit)


def test_the_ladder_ends_at_the_booked_balance(station: Workstation) -> None:
    record(station, [booking("T-9", "buy", "IBIT", 100, 65, "C", DAY, date(2025, 10, 1)),
                     booking("T-10", "sell", "FBTC", 10, 100, "C", DAY, date(2025, 10, 2)),
                     booking("T-11", "sell", "FBTC", 1, 100, "C", DAY, date(2025, 12, 2))])
    days = station.custody.ladder(ALL)
    assert [(item.day, item.inflow, item.outflow, item.balance) for item in days] == [
        (date(2025, 10, 1), Decimal(0), Decimal(6500), Decimal(815_500)),
        (date(2025, 10, 2), Decimal(1000), Decimal(0), Decimal(816_500))]
    every = station.custody.ladder(ALL, 365)
    assert every[-1].balance == next(item.booked for item in station.custody.accounts(ALL) if item.account == "C")


# ---- fees in a stablecoin

def provider(status: str = "active", until: str | None = "2026-12-31", kind: str = "payment_provider"
             ) -> list[tuple[str, FactRow]]:
    return [("party", (0, "PP", "Payment provider 1", kind, "KZ", "active", None, "register")),
            ("licence", (0, "PP", "L-7", "Authority", "payments", "2024-01-01", until, status, "register"))]


def fee(rate: str = "0.9998") -> list[tuple[str, FactRow]]:
    return [booking("FEE-1", "fee", "", Decimal("499.9"), 1, "C"),
            ("stablecoin_settlement", (0, "FEE-1", "PP", "L-7", "USDX", "500", rate, "fixing 1", None))]


def test_a_fee_settled_in_a_stablecoin_keeps_provider_rate_and_cost(station: Workstation) -> None:
    record(station, [*provider(), *fee()])
    (found,) = station.custody.stablecoin_fees(ALL)
    assert (found.booked_usd, found.cost_usd) == (Decimal("499.9"), Decimal("499.9"))
    assert (found.provider, found.licence, found.par_reference) == ("PP", "L-7", "fixing 1")
    assert not found.findings
    held = station.holdings(ALL)
    assert {line.symbol for line in held.open_lines} == {"IBIT", "FBTC", "BITB"}
    assert {line.cash.currency for line in held.cash} == {"USD"}


@pytest.mark.parametrize(("rows", "code"), [
    ([*fee()], "party-unknown"), ([*provider()[:1], *fee()], "party-unlicensed"),
    ([*provider(until="2025-01-31"), *fee()], "licence-expired"),
    ([*provider(status="suspended"), *fee()], "licence-suspended"),
    ([*provider(kind="issuer"), *fee()], "not-a-provider"), ([*provider(), *fee("0.97")], "fee-differs"),
    ([*provider(), fee()[1]], "fee-not-booked"),
])
def test_a_fee_through_a_provider_that_is_not_in_order_says_so(station: Workstation, rows: list[tuple[str, FactRow]],
                                                               code: str) -> None:
    record(station, rows)
    (found,) = station.custody.stablecoin_fees(ALL)
    assert code in {finding.code for finding in found.findings}
    expected = Severity.WARNING if code == "fee-differs" else Severity.ERROR
    assert next(finding.severity for finding in found.findings if finding.code == code) is expected


# ---- two books

def two_books(path: Path, own: tuple[int, ...] = (0, 0)) -> Workstation:
    station = sleeve(path, [account("D", "Bank T", book="tech"), booking("T-4", "buy", "IBIT", 300, 60, "D"),
                            booking("T-5", "buy", "KEEP", 10, 300, "D")])
    station.accept([mandate(path.parent, "Technology", "tech", 40_000)])
    return station


def test_two_books_have_their_own_mandates_and_holdings(tmp_path: Path) -> None:
    with two_books(tmp_path / "b.sandyq") as station:
        assert station.custody.books(ALL) == ("sleeve", "tech")
        own = station.holdings(Question(DAY, None, "tech"))
        assert {line.symbol: line.quantity for line in own.open_lines} == {"BITB": 400, "IBIT": 300, "KEEP": 10}
        assert {line.symbol: line.quantity for line in station.holdings(Question(DAY)).open_lines} == {
            "IBIT": 1000, "FBTC": 200}
        assert {result.state for result in station.limits(Question(DAY)).results} == {State.OK}
        (breached,) = station.limits(Question(DAY, None, "tech")).results
        assert breached.state is State.BREACH
        assert station.mandate(Question(DAY, None, "tech")).name == "Technology"
        (both,) = station.limits(ALL).results
        assert both.worst is not None
        assert both.worst.value == Decimal(121_000)


def test_a_share_held_in_both_books_is_one_line_of_the_consolidated_view(tmp_path: Path) -> None:
    with two_books(tmp_path / "b.sandyq") as station:
        result = station.custody.consolidated(ALL)
        lines = {line.symbol: line for line in result.lines}
        assert len(result.lines) == len(lines) == 4
        assert lines["IBIT"].quantity == {"sleeve": 1000, "tech": 300, "*": 1300}
        assert lines["IBIT"].market_value_usd == {"sleeve": 65_000, "tech": 19_500, "*": 84_500}
        assert result.net_invested_usd == {"sleeve": 78_000, "tech": 43_000, "*": 121_000}
        assert result.by_coin["BTC"]["*"].central == Decimal("1.9")
        assert not result.findings


def test_a_transfer_between_books_leaves_the_total_as_it_is(tmp_path: Path) -> None:
    with two_books(tmp_path / "b.sandyq") as station:
        before = station.custody.consolidated(ALL)
        day = date(2025, 9, 15).isoformat()
        record(station, [("transfer", (0, "M-1", day, day, "IBIT", "IBIT.XNAS", "400", "USD", "C", "D", None, None))])
        after = station.custody.consolidated(ALL)
        line = next(line for line in after.lines if line.symbol == "IBIT")
        assert line.quantity == {"sleeve": 600, "tech": 700, "*": 1300}
        assert after.market_value_usd["*"] == before.market_value_usd["*"]
        assert after.net_invested_usd["*"] == before.net_invested_usd["*"]
        assert after.cost_usd["*"] == before.cost_usd["*"]
        assert after.net_invested_usd["tech"] == Decimal(43_000) + 400 * 60


def weights(day: date, *rows: tuple[str, str, str | None, str | None]) -> list[tuple[str, FactRow]]:
    return [("fund_weight", (0, "EQTY", day.isoformat(), name, symbol, None, None, value, weight, "USD", "issuer"))
            for name, symbol, value, weight in rows]


@pytest.mark.parametrize(("value", "weight"), [("60", None), (None, "60"), (None, "0.6")])
def test_an_issuer_counts_directly_and_through_funds_of_both_books(tmp_path: Path, value: str | None,
                                                                  weight: str | None) -> None:
    fund = [("instrument_attribute", (0, "EQTY.ARCX", name, said, None, "test file", "filed"))
            for name, said in {"symbol": "EQTY", "name": "Equity fund", "kind": "equity_etf", "mic": "ARCX",
                               "currency": "USD", "underlying": "MIXED", "issuer": "House E"}.items()]
    price = ("price", (0, "EQTY", DAY.isoformat(), "10", "USD", "T", DAY.isoformat(), "close", "Exchange", None, None,
                       None, None, "5000"))
    rest = None if value is None else "40", None if weight is None else "40" if weight == "60" else "0.4"
    with two_books(tmp_path / "b.sandyq") as station:
        old, new = date(2025, 8, 1), date(2025, 9, 26)
        held = [("booking", (0, f"E-{owner}", EARLIER.isoformat(), EARLIER.isoformat(), "buy", "EQTY", "EQTY.ARCX",
                             "100", "10", "USD", "0", "0", owner, None, None)) for owner in "CD"]
        record(station, [*fund, price, *held, *weights(old, ("Custodian K shares", "KEEP", "1", "1")),
                         *weights(new, ("Custodian K shares", "KEEP", value, weight), ("Somebody", "SOME", *rest))])
        result = station.custody.issuers(ALL)
        lines = {line.issuer: line for line in result.lines}
        assert lines["Custodian K"].direct_usd == {"sleeve": 0, "tech": 3200, "*": 3200}
        assert lines["Custodian K"].through_funds_usd == {"sleeve": 600, "tech": 600, "*": 1200}
        assert lines["Custodian K"].total_usd == {"sleeve": 600, "tech": 3800, "*": 4400}
        assert lines["Somebody"].total_usd["*"] == Decimal(800)
        assert lines["House E"].total_usd["*"] == Decimal(2000)
        assert [(part.fund, part.day) for part in lines["Custodian K"].parts] == [("", None), ("EQTY.ARCX", new)]
        assert not result.findings
        assert [finding.code for finding in station.custody.issuers(Question(date(2025, 11, 7), None, "*")).findings
                ] == ["weights-old"]


def test_a_fund_that_publishes_nothing_is_named(tmp_path: Path) -> None:
    with two_books(tmp_path / "b.sandyq") as station:
        record(station, [("instrument_attribute", (0, "KEEP.XNAS", "kind", "equity_etf", None, "test file", "filed"))])
        assert [finding.code for finding in station.custody.issuers(ALL).findings] == ["weights-missing"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(split=st.lists(st.tuples(st.sampled_from(["IBIT", "FBTC", "BITB", "KEEP"]), st.integers(1, 500),
                                st.sampled_from(["C", "D", "E"])), min_size=1, max_size=8),
       tech=st.sets(st.sampled_from(["C", "D", "E"])))
def test_consolidated_is_the_sum_of_the_books_for_any_split_of_accounts(
        tmp_path_factory: pytest.TempPathFactory, split: list[tuple[str, int, str]], tech: set[str]) -> None:
    rows = [booking(f"X-{number}", "buy", symbol, quantity, 50, owner)
            for number, (symbol, quantity, owner) in enumerate(split)]
    rows += [account(name, "Custodian S", book="tech" if name in tech else "sleeve") for name in "CDE"]
    with sleeve(tmp_path_factory.mktemp("split") / "b.sandyq", rows) as station:
        result = station.custody.consolidated(ALL)
        parts = result.books
        assert not result.findings
        for line in result.lines:
            assert line.quantity["*"] == sum(line.quantity.get(book, 0) for book in parts)
            assert line.market_value_usd["*"] == sum(line.market_value_usd.get(book) or 0 for book in parts)
            assert line.cost_usd["*"] == sum(line.cost_usd.get(book) or 0 for book in parts)
        for totals in (result.market_value_usd, result.cost_usd, result.net_invested_usd):
            assert totals["*"] == sum(totals[book] or 0 for book in parts)
        assert result.exposure_usd["*"].central == sum(result.exposure_usd[book].central or 0 for book in parts)
