"""Gate, treasury companies, lists, settlement, ratings, papers of funds, concentration: by hand, and Unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sandyq.basics.decimals import ONE, ZERO
from sandyq.exposure.result import Rung
from sandyq.limits.check import check
from sandyq.limits.evaluate import part_result
from sandyq.limits.mandate import Part
from sandyq.limits.result import Order, PartResult, State, Verdict
from sandyq.limits.snapshot import Row, Snapshot
from sandyq.limits.surroundings import (
    Company,
    Constituent,
    GateSign,
    Known,
    Override,
    Place,
    Unsettled,
)
from sandyq.limits.toml import read_mandate
from sandyq.reference.kinds import Kind
from sandyq.reference.ratings import rank

DAY = date(2025, 11, 28)
MILLION = Decimal(1_000_000)


def row(symbol: str, value: str, kind: Kind = Kind.SPOT_ETF, **changes: object) -> Row:
    amount, shares = Decimal(value), Decimal(10_000)
    each = amount / shares
    made = Row(symbol=symbol, instrument=symbol, kind=kind, issuer=symbol, sponsor_group="S", currency="USD",
               country="US", venue="XNAS", quantity=shares, price=each, rate=ONE, market_value=amount, cost=amount,
               exposure=amount, exposure_high=amount, coins={"BTC": amount}, custody={"A": amount},
               share_exposure=each, share_high=each, share_coins={"BTC": each}, share_custody={"A": each}, beta=ONE,
               premium=None, age=0, rung=Rung.REPORTED, holdings_age=None, volume=MILLION * 100,
               units=MILLION * 1000, structure="", leverage=ONE, isin=f"US{symbol}")
    return replace(made, **changes)  # type: ignore[arg-type]


def book(*rows: Row, around: Known | None = None, **changes: object) -> Snapshot:
    made = Snapshot(as_of=DAY, rows=rows, candidates={}, invested=ZERO, flows=(), reserves={}, programme=None,
                    ramp_up_floor=ZERO, drawdown=None, around=around or Known())
    return replace(made, **changes)  # type: ignore[arg-type]


def measured(name: str, snapshot: Snapshot, unit: str = "count", hard: str = "0", **changes: object) -> PartResult:
    part = Part(name, "", unit, "max", None, None, Decimal(hard))
    return part_result(replace(part, **changes), snapshot)  # type: ignore[arg-type]


def buying(symbol: str = "IBIT", quantity: int = 10, price: str = "60", **changes: str) -> Order:
    return Order("buy", Decimal(quantity), symbol, Decimal(price), **changes)


def values(result: PartResult) -> dict[str, Decimal | None]:
    return {group.group: group.value for group in result.groups}


# ---- the entry gate (L24)

SHUT = GateSign("closed", DAY)


def override(amount: str | None = "600", tranche: str = "", first: int = 0, last: int = 0) -> Override:
    return Override("G-1", "Committee 7/2025", tranche, None if amount is None else Decimal(amount),
                    DAY + timedelta(first), DAY + timedelta(last))


@pytest.mark.parametrize(("sign", "value", "state"), [
    (GateSign("open", DAY), ZERO, State.OK), (SHUT, ONE, State.BREACH), (GateSign("armed", DAY), ONE, State.BREACH),
    (None, None, State.UNKNOWN), (GateSign("", DAY, "no coin closes"), None, State.UNKNOWN)])
def test_only_an_open_gate_lets_a_purchase_through(sign: GateSign | None, value: Decimal | None, state: State) -> None:
    snapshot = book(row("IBIT", "600000"), around=Known(gate=sign), orders=(buying(),))
    found = measured("gate", snapshot)
    assert (found.value, found.state) == (value, state)


def test_the_gate_asks_nothing_of_a_sale_or_of_a_book_at_rest() -> None:
    snapshot = book(row("IBIT", "600000"), around=Known(gate=SHUT))
    assert measured("gate", snapshot).state is State.NOT_APPLICABLE
    sale = replace(snapshot, orders=(Order("sell", ONE, "IBIT", Decimal(60)),))
    assert measured("gate", sale).state is State.NOT_APPLICABLE


@pytest.mark.parametrize(("given", "bought", "through"), [
    (override("599"), "600", False), (override("600"), "600", True), (override("601"), "600", True),
    (override(None), "600", True), (override(first=1, last=2), "600", False),
    (override(first=-2, last=-1), "600", False),
    (override(first=-2, last=1), "600", True), (override(tranche="T9"), "600", False)])
def test_an_override_covers_its_days_its_tranche_and_its_amount_to_the_cent(given: Override, bought: str, *,
                                                                          through: bool) -> None:
    snapshot = book(row("IBIT", "600000"), around=Known(gate=SHUT, overrides=(given,)), orders=(buying(),),
                    flows=((DAY, Decimal(bought)),))
    found = measured("gate", snapshot)
    assert found.state is (State.OK if through else State.BREACH)
    assert any("Committee 7/2025" in str(finding.text.values) for finding in found.findings) is through


def test_an_override_is_used_up_by_what_was_bought_under_it() -> None:
    around = Known(gate=SHUT, overrides=(override("1000", first=-5, last=5),))
    flows = ((DAY - timedelta(6), Decimal(9000)), (DAY - timedelta(2), Decimal(500)), (DAY, Decimal(600)))
    snapshot = book(row("IBIT", "600000"), around=around, orders=(buying(),), flows=flows)
    assert measured("gate", snapshot).state is State.BREACH
    assert measured("gate", replace(snapshot, flows=flows[::2])).state is State.OK


def test_an_override_of_a_tranche_serves_its_tranche_only() -> None:
    around = Known(gate=SHUT, overrides=(override(None, tranche="T1"),))
    orders = (buying(tranche="T1"), buying(tranche="T2"))
    assert measured("gate", book(row("IBIT", "600000"), around=around, orders=orders[:1])).value == ZERO
    assert measured("gate", book(row("IBIT", "600000"), around=around, orders=orders)).value == ONE


# ---- treasury companies (L26); O5 of the domain: 65.009724 bn enterprise value over 58.856352 bn of coins

STRATEGY = Company(coins=Decimal(58856352000), pledged=ZERO, claims=Decimal(14296000000),
                   shares=Decimal(333752708))


def company(symbol: str = "MSTR", facts: Company | None = STRATEGY, *, orders: tuple[Order, ...] = ()) -> Snapshot:
    return book(row(symbol, "1519500", Kind.TREASURY_COMPANY), orders=orders,
                around=Known(companies={} if facts is None else {symbol: facts}))


@pytest.mark.parametrize(("claims", "state"), [("3999999999", State.OK), ("4000000000", State.OK),
                                              ("4000000001", State.BREACH)])
def test_claims_before_the_shares_are_held_against_the_coins_to_the_dollar(claims: str, state: State) -> None:
    facts = replace(STRATEGY, coins=Decimal(10000000000), claims=Decimal(claims))
    assert measured("claims_on_coins", company(facts=facts), "ratio", "0.4").state is state


@pytest.mark.parametrize(("pledged", "state"), [("3999999999", State.OK), ("4000000000", State.OK),
                                               ("4000000001", State.BREACH)])
def test_coins_pledged_or_lent_are_not_free(pledged: str, state: State) -> None:
    facts = replace(STRATEGY, coins=Decimal(10000000000), pledged=Decimal(pledged))
    found = measured("unencumbered_coins", company(facts=facts), "ratio", "0.6", direction="min")
    assert found.state is state


def test_the_multiple_at_purchase_is_that_of_the_worked_example() -> None:
    found = measured("enterprise_multiple", company(orders=(buying("MSTR", price="151.95"),)), hard="1.25")
    assert found.value is not None
    assert round(found.value, 6) == Decimal("1.104549")
    dear = measured("enterprise_multiple", company(orders=(buying("MSTR", price="180"),)), hard="1.25")
    assert dear.value is not None
    assert round(dear.value, 4) == round((180 * STRATEGY.shares + STRATEGY.claims) / STRATEGY.coins, 4)  # type: ignore[operator]
    assert dear.state is State.BREACH
    cheap = measured("enterprise_multiple", company(orders=(buying("MSTR", price="1"),)), hard="1.25")
    assert cheap.value == found.value  # a low price typed into an order buys no room
    assert measured("enterprise_multiple", company(), hard="1.25").state is State.NOT_APPLICABLE


@pytest.mark.parametrize("facts", [None, replace(STRATEGY, claims=None), replace(STRATEGY, coins=None)])
def test_a_company_whose_figures_are_missing_is_unknown(facts: Company | None) -> None:
    snapshot = company(facts=facts, orders=(buying("MSTR", price="150"),))
    assert measured("claims_on_coins", snapshot, "ratio", "0.4").state is State.UNKNOWN
    assert measured("enterprise_multiple", snapshot, hard="1.25").state is State.UNKNOWN
    assert measured("unencumbered_coins", company(facts=replace(STRATEGY, pledged=None)), "ratio", "0.6",
                    direction="min").state is State.UNKNOWN


def mandate(part: str) -> str:
    return ('[mandate]\nname = "M"\nversion = "v1"\nvalid_from = 2020-01-01\nmaximum = 1000\n\n[[limit]]\nid = "L26"\n'
            f'clause = "c"\n[[limit.part]]\n{part}\n')


ELIGIBILITY = mandate('measure = "claims_on_coins"\nunit = "ratio"\nhard = 0.4\noptions = { blocks = "buys" }')


def test_a_company_beyond_its_claims_is_not_bought_though_the_purchase_changes_no_ratio() -> None:
    facts = {"MSTR": replace(STRATEGY, claims=Decimal(30000000000)), "GOOD": STRATEGY}
    snapshot = book(row("MSTR", "1519500", Kind.TREASURY_COMPANY), row("GOOD", "1519500", Kind.TREASURY_COMPANY),
                    around=Known(companies=facts))
    rules = read_mandate(ELIGIBILITY)
    assert check(snapshot, rules, (buying("MSTR", price="151"),), largest=False).verdict is Verdict.REFUSED
    assert check(snapshot, rules, (buying("GOOD", price="151"),), largest=False).verdict is Verdict.PASS
    sale = Order("sell", ONE, "MSTR", Decimal(151))
    assert check(snapshot, rules, (sale,), largest=False).verdict is Verdict.PASS


def test_an_unknown_company_stops_orders_for_itself_only() -> None:
    snapshot = book(row("MSTR", "1519500", Kind.TREASURY_COMPANY), row("GOOD", "1519500", Kind.TREASURY_COMPANY),
                    around=Known(companies={"GOOD": STRATEGY}))
    rules = read_mandate(ELIGIBILITY)
    assert check(snapshot, rules, (buying("MSTR", price="151"),), largest=False).verdict is Verdict.UNKNOWN
    assert check(snapshot, rules, (buying("GOOD", price="151"),), largest=False).verdict is Verdict.PASS


# ---- lists (L31)

def test_a_country_outside_the_white_list_is_named_and_one_that_nobody_gives_is_unknown() -> None:
    snapshot = book(row("IBIT", "1"), row("FAR", "1", country="RU"), row("LOST", "1", country=""))
    found = measured("white_list", snapshot, options={"dimension": "country", "allowed": "us, KZ"})
    assert values(found) == {"IBIT": ZERO, "FAR": ONE, "LOST": None}
    assert found.state is State.BREACH  # what is known to be beyond is not hidden by what is not known


def test_the_country_is_that_of_domicile_and_never_that_of_the_listing() -> None:
    listed_in_new_york = row("HIVE", "1", Kind.MINER, country="CA", venue="XNAS")
    found = measured("white_list", book(listed_in_new_york), options={"dimension": "country", "allowed": "US"})
    assert found.value == ONE
    venues = measured("white_list", book(listed_in_new_york), options={"dimension": "venue", "allowed": "XNAS"})
    assert venues.value == ZERO


@pytest.mark.parametrize("barred", ["IBIT", "usibit", "Issuer X", "xnas"])
def test_the_negative_list_bars_by_symbol_isin_issuer_or_venue(barred: str) -> None:
    snapshot = book(row("IBIT", "1", issuer="Issuer X"))
    assert measured("negative_list", snapshot, options={"barred": barred}).value == ONE
    assert measured("negative_list", snapshot, options={"barred": "somebody else"}).value == ZERO


def test_a_sanctioned_issuer_of_the_register_is_barred_without_being_listed() -> None:
    snapshot = book(row("IBIT", "1", issuer="Issuer X"), around=Known(sanctioned=frozenset({"issuer x"})))
    assert measured("negative_list", snapshot).value == ONE


# ---- settlement and ratings (L32)

ACCOUNTS = {"a": Place("a", "Broker 1", "Bank 1", ONE), "b": Place("b", "Broker 2", "Bank 2", ONE)}


@pytest.mark.parametrize(("amount", "state"), [("24999999.99", State.OK), ("25000000", State.OK),
                                              ("25000000.01", State.BREACH)])
def test_what_is_unsettled_with_a_broker_is_capped_to_the_cent(amount: str, state: State) -> None:
    trades = (Unsettled("a", Decimal(amount) - 5 * MILLION), Unsettled("a", 5 * MILLION), Unsettled("b", 7 * MILLION))
    found = measured("unsettled", book(around=Known(accounts=ACCOUNTS, unsettled=trades)), "USD", "25000000")
    assert (found.group, found.value, found.state) == ("Broker 1", Decimal(amount), state)
    assert values(found)["Broker 2"] == 7 * MILLION


def test_an_order_adds_to_its_accounts_broker_and_to_the_only_one_where_it_names_none() -> None:
    order = buying(quantity=100_000, price="60")
    snapshot = book(row("IBIT", "600000"), around=Known(accounts=ACCOUNTS), orders=(replace(order, account="b"),))
    assert values(measured("unsettled", snapshot, "USD", "25000000")) == {"Broker 2": 6 * MILLION}
    alone = replace(snapshot, around=Known(accounts={"a": ACCOUNTS["a"]}), orders=(order,))
    assert values(measured("unsettled", alone, "USD", "25000000")) == {"Broker 1": 6 * MILLION}


def test_trades_whose_broker_nobody_names_may_all_be_with_one() -> None:
    trades = (Unsettled("a", 10 * MILLION), Unsettled("x", 12 * MILLION))
    snapshot = book(around=Known(accounts=ACCOUNTS, unsettled=trades))
    assert measured("unsettled", snapshot, "USD", "25000000").value == 22 * MILLION
    assert measured("unsettled", snapshot, "USD", "22000000").state is State.UNKNOWN
    lost = book(around=Known(accounts=ACCOUNTS, unsettled=(Unsettled("a", None),)))
    assert measured("unsettled", lost, "USD", "25000000").state is State.UNKNOWN
    assert measured("unsettled", book(), "USD", "25000000").value == ZERO


@pytest.mark.parametrize(("ratings", "value"), [
    (("A-",), ZERO), (("A3",), ZERO), (("AA+", "A1"), ZERO), (("BBB+",), ONE), (("AA", "Baa1"), ONE), ((), None),
    (("NR",), None)])
def test_the_lowest_rating_of_who_keeps_the_securities_counts(ratings: tuple[str, ...], value: Decimal | None) -> None:
    around = Known(accounts=ACCOUNTS, places={"IBIT": (ACCOUNTS["a"],)}, ratings={"Bank 1": ratings})
    assert measured("custodian_rating", book(row("IBIT", "1"), around=around)).value == value


def test_securities_that_nobody_is_known_to_keep_are_unknown() -> None:
    assert measured("custodian_rating", book(row("IBIT", "1"))).state is State.UNKNOWN
    around = Known(accounts={"a": Place("a", "", "", ONE)}, places={"IBIT": (Place("a", "", "", ONE),)})
    assert measured("custodian_rating", book(row("IBIT", "1"), around=around)).state is State.UNKNOWN


def test_the_ladder_of_ratings() -> None:
    assert [rank(word) for word in ("AAA", "Aaa", "A-", "A3", "BBB+", "Baa1", "D")] == [1, 1, 7, 7, 8, 8, 22]
    assert rank("good") is None


# ---- papers of funds (L17)

def paper(issuer: str, share: str, kind: Kind | None = Kind.MINER, symbol: str = "") -> Constituent:
    return Constituent(issuer, symbol, kind, "US", Decimal(share))


def one_company(snapshot: Snapshot, **changes: object) -> PartResult:
    return measured("through_funds", snapshot, "ratio", "0.07", **{
        "denominator": "sleeve", "group_by": "issuer", "warn": Decimal("0.04"),
        "scope": {"kind": ("miner", "exchange")}} | changes)


def test_a_company_counts_directly_and_through_every_fund_that_holds_it() -> None:
    snapshot = book(row("MARA", "3000", Kind.MINER), row("BLOK", "20000", Kind.EQUITY_ETF),
                    row("WGMI", "10000", Kind.EQUITY_ETF), row("IBIT", "67000"), around=Known(constituents={
                        "BLOK": (paper("MARA", "0.05"), paper("COIN", "0.10", Kind.EXCHANGE),
                                 paper("Bank", "0.2", None),
                                 paper("iShares", "0.15", Kind.SPOT_ETF)),
                        "WGMI": (paper("MARA", "0.20"),)}))
    assert values(one_company(snapshot)) == {
        "MARA": (3000 + 1000 + 2000) / Decimal(100_000), "COIN": Decimal("0.02"), "Bank": Decimal("0.04")}


@pytest.mark.parametrize(("direct", "state"), [("6999", State.WARNING), ("7000", State.WARNING),
                                              ("7001", State.BREACH)])
def test_one_company_is_capped_to_the_dollar(direct: str, state: State) -> None:
    snapshot = book(row("MARA", direct, Kind.MINER), row("IBIT", str(100_000 - int(direct))))
    assert one_company(snapshot).state is state


def test_a_fund_without_published_papers_may_hold_any_company() -> None:
    small = book(row("MARA", "3000", Kind.MINER), row("BLOK", "900", Kind.EQUITY_ETF), row("IBIT", "96100"))
    assert one_company(small).value == Decimal("0.039")
    large = book(row("MARA", "3000", Kind.MINER), row("BLOK", "2000", Kind.EQUITY_ETF), row("IBIT", "95000"))
    assert one_company(large).state is State.UNKNOWN


# ---- concentration (F011)

SPREAD = (row("A", "40", sponsor_group="X"), row("B", "30", sponsor_group="Y"), row("C", "20", sponsor_group="X"),
          row("D", "10", sponsor_group="Z"))


def test_the_largest_groups_the_groups_above_a_size_and_the_index() -> None:
    by = {"denominator": "sleeve", "group_by": "sponsor_group"}
    snapshot = book(*SPREAD)
    assert measured("largest_groups", snapshot, "ratio", "1", options={"top": "1"}, **by).value == Decimal("0.6")
    assert measured("largest_groups", snapshot, "ratio", "1", options={"top": "2"}, **by).value == Decimal("0.9")
    assert measured("groups_above", snapshot, "ratio", "1", options={"above": "0.1"}, **by).value == Decimal("0.9")
    assert measured("groups_above", snapshot, "ratio", "1", options={"above": "0.0999"}, **by).value == ONE
    assert measured("herfindahl", snapshot, "ratio", "1", group_by="sponsor_group").value == Decimal("0.46")
    assert measured("herfindahl", snapshot, "ratio", "1", group_by="symbol").value == Decimal("0.30")


def test_five_ten_forty_adds_up_the_funds_of_one_sponsor() -> None:
    four = [row(name, "4", sponsor_group="X") for name in "ABC"] + [row("REST", "88", sponsor_group="R")]
    by_line = measured("groups_above", book(*four), "ratio", "0.4", options={"above": "0.05"}, denominator="sleeve",
                       group_by="symbol", scope={"symbol": ("!REST",)})
    by_group = measured("groups_above", book(*four), "ratio", "0.4", options={"above": "0.05"}, denominator="sleeve",
                        group_by="sponsor_group", scope={"symbol": ("!REST",)})
    assert (by_line.value, by_group.value) == (ZERO, Decimal("0.12"))


@pytest.mark.parametrize("name", ["largest_groups", "groups_above", "herfindahl"])
def test_concentration_is_unknown_while_a_line_is(name: str) -> None:
    snapshot = book(*SPREAD, row("LOST", "1", market_value=None))
    denominator = "" if name == "herfindahl" else "sleeve"
    assert measured(name, snapshot, "ratio", "1", denominator=denominator).state is State.UNKNOWN


# ---- the programme (L05)

def test_the_programme_names_the_participant_without_a_figure() -> None:
    snapshot = book(row("IBIT", "60"), programme=None, programme_missing=("Ministry vehicle",))
    found = measured("programme", snapshot, "USD", "1000")
    assert found.state is State.UNKNOWN
    assert [finding.subject for finding in found.findings] == ["Ministry vehicle"]
