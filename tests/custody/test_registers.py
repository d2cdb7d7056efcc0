"""Registers on a day, an entity over all its roles counted once, eligibility sheets (F016, F017, F097, F098, F122)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from custody_books import DAY, EARLIER, account, booking, record
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Severity
from sandyq.basics.origin import Origin
from sandyq.reference.facts import FactRow
from sandyq.reference.parties import LICENSED, Licence, Party, PartyKind, Registers, party_findings
from sandyq.workstation.contract import Question
from sandyq.workstation.workstation import Workstation

Q = Question(DAY)
Rows = list[tuple[str, FactRow]]
FIRST = date(2020, 1, 1)


def party(name: str, kind: str, status: str = "active", valid_from: str | None = None, label: str = ""
          ) -> tuple[str, FactRow]:
    return "party", (0, name, label or name, kind, "US", status, valid_from, "register")


def role(name: str, what: str, subject: str, share: str | None = None, valid_to: str | None = None
         ) -> tuple[str, FactRow]:
    return "party_role", (0, name, what, subject, share, None, valid_to, "prospectus")


def licence(name: str, number: str = "L-1", until: str | None = None, status: str = "active") -> tuple[str, FactRow]:
    return "licence", (0, name, number, "Authority", "custody", "2020-01-01", until, status, "register")


# ---- the pure check

def registers(kind: str, status: str, rows: list[tuple[date | None, str]]) -> Registers:
    origin = Origin(1, 1)
    return Registers((Party("P", "Party 1", kind, "US", status, None, "", origin),), (), tuple(
        Licence("P", f"L-{number}", "Authority", "custody", FIRST, until, state, "", origin)
        for number, (until, state) in enumerate(rows)))


@settings(max_examples=120, deadline=None)
@given(kind=st.sampled_from(list(PartyKind)), status=st.sampled_from(["active", "suspended", "sanctioned", "odd"]),
       rows=st.lists(st.tuples(st.none() | st.dates(date(2024, 1, 1), date(2027, 1, 1)),
                               st.sampled_from(["active", "suspended", "expired"])), max_size=3))
def test_a_party_is_in_order_only_when_active_and_licensed(kind: PartyKind, status: str,
                                                           rows: list[tuple[date | None, str]]) -> None:
    found = party_findings(registers(kind, status, rows), "P", DAY)
    licensed = any(state == "active" and (until is None or until >= DAY) for until, state in rows)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    assert (not errors) == (status == "active" and (licensed or kind not in LICENSED))


def test_a_licence_holds_on_its_last_day_and_not_after() -> None:
    book = registers("broker", "active", [(DAY, "active")])
    assert [finding.code for finding in party_findings(book, "P", DAY)] == ["licence-ends-soon"]
    assert [finding.code for finding in party_findings(book, "P", DAY + timedelta(1))] == ["licence-expired"]
    assert party_findings(book, "P", DAY - timedelta(30)) == ()


def test_who_is_not_in_the_register_is_never_in_order() -> None:
    assert [finding.code for finding in party_findings(Registers(), "Nobody", DAY)] == ["party-unknown"]


# ---- registers on a day

def test_a_party_is_shown_as_it_was_on_the_day(station: Workstation) -> None:
    record(station, [party("S", "securities_custodian", valid_from="2024-01-01"),
                     party("S", "securities_custodian", "sanctioned", "2025-09-15"), licence("S", until="2027-01-31"),
                     role("S", "securities_custodian", "C"), role("S", "auditor", "IBIT", None, "2025-01-01")])
    (now,) = station.custody.parties(Q)
    assert (now.status, now.licence, now.licence_until) == ("sanctioned", "L-1", date(2027, 1, 31))
    assert now.roles == (("securities_custodian", "C"),)
    assert [finding.code for finding in now.findings] == ["party-sanctioned"]
    (before,) = station.custody.parties(Question(EARLIER))
    assert (before.status, before.findings) == ("active", ())
    assert station.custody.parties(Question(date(2023, 1, 1))) == ()


def test_why_an_order_would_not_go_through_these_parties(station: Workstation) -> None:
    desk = station.custody
    assert [f.code for f in desk.why_not_party(Q, account="C", broker="B", venue="XNAS")] == ["party-unknown"] * 3
    record(station, [party("S1", "securities_custodian", label="Custodian S"), licence("S1"),
                     party("B", "broker", "suspended"), licence("B"), party("XNAS", "venue"),
                     licence("XNAS", until="2025-01-01")])
    assert [f.code for f in desk.why_not_party(Q, account="C", broker="B", venue="XNAS")] == [
        "party-suspended", "licence-expired"]
    assert desk.why_not_party(Q, account="C") == ()
    assert [f.code for f in desk.why_not_party(Q, account="Nowhere")] == ["institution-unknown"]
    record(station, [account("M", "Custodian S", "bank_money", "USD")])
    assert desk.why_not_party(Q, account="M") == ()


# ---- an entity over all roles

def test_a_company_and_its_custody_of_our_funds_are_summed_once(station: Workstation) -> None:
    record(station, [party("K", "coin_custodian", label="Custodian K"), licence("K"),
                     booking("T-7", "buy", "KEEP", 10, 300, "C")])
    result = station.custody.entity(Q, "K")
    counted = {link.holding: (link.role, link.amount_usd) for link in result.links if link.counted}
    # 1,000 IBIT × 0.001 BTC × 60,000 USD lie with it, and 10 of its own shares at 320 are held.
    coins = station.exposure(Q).line("IBIT")
    assert coins is not None
    held = coins.coins["BTC"].central
    assert held is not None
    assert counted == {"IBIT.XNAS": ("coin_custodian", held * 60_000), "KEEP.XNAS": ("issuer", Decimal(3200))}
    assert result.exposure_usd == held * 60_000 + 3200
    assert [link.chain for link in result.links] == [("IBIT", "Custodian K"), ("KEEP", "Custodian K")]


def test_several_roles_for_one_holding_count_once_by_the_largest(station: Workstation) -> None:
    record(station, [party("A", "sponsor", label="Sponsor A"), role("A", "coin_custodian", "IBIT", "0.5"),
                     role("A", "auditor", "IBIT"), role("A", "trustee", "FBTC.BATS", "0.25")])
    result = station.custody.entity(Q, "A")
    roles = {(link.role, link.holding): (link.amount_usd, link.counted, link.exposed) for link in result.links}
    assert roles["sponsor", "IBIT.XNAS"] == (Decimal(65_000), True, True)
    assert roles["coin_custodian", "IBIT.XNAS"][1] is False
    assert roles["auditor", "IBIT.XNAS"] == (Decimal(0), False, False)
    assert roles["trustee", "FBTC.BATS"] == (Decimal(5000), True, True)
    assert roles["sponsor", "BITB.ARCX"] == (Decimal(20_000), True, True)
    assert result.exposure_usd == Decimal(65_000 + 5000 + 20_000)


def test_a_share_in_the_register_takes_the_place_of_the_estimate(station: Workstation) -> None:
    record(station, [party("K", "coin_custodian", label="Custodian K"), role("K", "coin_custodian", "IBIT", "0.4")])
    (link,) = station.custody.entity(Q, "K").links
    line = station.exposure(Q).line("IBIT")
    assert line is not None
    assert line.coins["BTC"].central is not None
    assert (link.amount_usd, link.source) == (line.coins["BTC"].central * 60_000 * Decimal("0.4"), "prospectus")


def test_what_lies_in_an_account_depends_on_its_institution(station: Workstation) -> None:
    record(station, [party("T", "securities_custodian", label="Bank T"), licence("T")])
    result = station.custody.entity(Q, "T")
    assert {(link.role, link.chain): link.amount_usd for link in result.links} == {
        ("bank", ("USD", "D", "Bank T")): Decimal(28_000),
        ("securities_custodian", ("BITB", "D", "Bank T")): Decimal(20_000)}
    assert result.exposure_usd == Decimal(48_000)


def test_money_of_the_central_bank_itself_is_no_exposure_to_who_shows_it(station: Workstation) -> None:
    record(station, [account("D", "Bank T", "cbdc", "USD"), party("T", "securities_custodian", label="Bank T")])
    result = station.custody.entity(Q, "T")
    assert "bank" not in {link.role for link in result.links}


def test_a_chain_of_parties_is_followed_and_shown(station: Workstation) -> None:
    record(station, [party("A", "sponsor", label="Sponsor A"), party("H", "issuer", label="House H"),
                     role("H", "sponsor", "A"), role("A", "sponsor", "H")])
    result = station.custody.entity(Q, "H")
    assert {link.chain for link in result.links} == {("IBIT", "Sponsor A", "House H"), ("BITB", "Sponsor A", "House H")}
    assert result.exposure_usd == Decimal(85_000)


def test_unknown_stays_unknown(station: Workstation) -> None:
    record(station, [party("B", "sponsor", label="Sponsor B")])
    later = Question(date(2026, 3, 2))
    result = station.custody.entity(later, "B")
    assert result.exposure_usd is None
    assert {finding.code for finding in result.findings} == {"entity-unknown"}


def test_coins_of_unknown_custody_are_possible_with_any_custodian(station: Workstation) -> None:
    record(station, [party("L", "coin_custodian", label="Custodian L")])
    result = station.custody.entity(Q, "L")
    loose = station.exposure(Q).line("BITB")
    assert loose is not None
    assert loose.custodians == {"": Decimal(1)}
    assert result.exposure_usd is not None
    assert result.possible_usd == result.exposure_usd + (loose.coins["BTC"].central or 0) * 60_000
    assert "custodian-unknown" in {finding.code for finding in result.findings}


def test_a_party_that_no_register_knows_is_refused(station: Workstation) -> None:
    with pytest.raises(BadInput, match="no-party"):
        station.custody.entity(Q, "Nobody")


# ---- eligibility

def sheet(station: Workstation, symbol: str, q: Question = Q) -> dict[str, str | Decimal | None]:
    return {item.name: item.value for item in station.custody.eligibility_sheet(q, symbol)}


def test_an_eligibility_sheet_has_value_day_and_source_or_unknown(station: Workstation) -> None:
    record(station, [party("AU", "auditor", label="Auditor 1"), role("AU", "auditor", "IBIT"),
                     ("instrument_attribute", (0, "IBIT.XNAS", "leverage", "1", "2024-01-11", "prospectus", None)),
                     ("instrument_attribute", (0, "IBIT.XNAS", "aum_usd", "900000", "2025-09-01", "fact sheet", None))])
    items = {item.name: item for item in station.custody.eligibility_sheet(Q, "IBIT")}
    assert (items["domicile"].value, items["domicile"].source) == ("US", "test file")
    assert (items["leverage"].value, items["leverage"].day) == (Decimal(1), date(2024, 1, 11))
    assert (items["aum_usd"].value, items["aum_usd"].source) == (Decimal(65_000_000), "Issuer")
    assert (items["auditor"].value, items["auditor"].source) == ("Auditor 1", "prospectus")
    assert (items["coin_custodian"].value, items["fee_pct"].value) == ("Custodian K", Decimal("0.25"))
    assert items["age_days"].value == Decimal((DAY - date(2024, 1, 11)).days)
    assert {name for name, item in items.items() if item.value is None} == {
        "structure", "volume_shares", "volume_value", "trustee", "prime_broker", "measured_beta", "reserve_asset"}
    assert items["purchases"].value == "eligible"


def test_assets_that_no_report_gives_come_from_the_fact_sheet(station: Workstation) -> None:
    assert sheet(station, "KEEP")["aum_usd"] is None
    record(station, [("instrument_attribute", (0, "KEEP.XNAS", "aum_usd", "900000", "2025-09-01", "fact sheet", None))])
    assert sheet(station, "KEEP")["aum_usd"] == Decimal(900_000)
    assert sheet(station, "KEEP", Question(EARLIER))["aum_usd"] is None


def test_units_times_net_asset_value_are_the_assets_of_a_fund_that_says_no_more(station: Workstation) -> None:
    record(station, [("fund_holding", (0, "BITB", "2025-09-29", "BTC", None, "2000000", "0.001", "51.5", None, None,
                                       "R", "reported", "Issuer")),
                     ("fund_holding", (0, "BITB", DAY.isoformat(), "BTC", "1", None, "0.001", "52", None, None, "R",
                                       "reported", "Issuer"))])
    assert sheet(station, "BITB")["aum_usd"] == Decimal(103_000_000)


def test_the_median_volume_is_that_of_the_last_twenty_sessions(station: Workstation) -> None:
    days = [date(2025, 9, 1) + timedelta(n) for n in range(25)]
    record(station, [("price", (0, "FBTC", day.isoformat(), "100", "USD", "T", day.isoformat(), "close", "Exchange",
                                None, None, None, None, str(1000 + 10 * number)))
                     for number, day in enumerate(days)])
    q = Question(days[-1])
    values = sheet(station, "FBTC", q)
    assert values["volume_shares"] == Decimal(1145)
    assert values["volume_value"] == Decimal(114500)


def test_an_instrument_that_lost_eligibility_is_held_and_not_bought(station: Workstation) -> None:
    record(station, [("instrument_attribute", (0, "IBIT.XNAS", "eligibility", "hold", "2025-09-10",
                                               "Volume under the floor", None)),
                     ("instrument_attribute", (0, "FBTC.BATS", "listed_to", "2025-09-20", None, "delisting", None))])
    items = {item.name: item for item in station.custody.eligibility_sheet(Q, "IBIT")}
    assert (items["purchases"].value, items["purchases"].day, items["purchases"].source) == (
        "hold, no buy", date(2025, 9, 10), "Volume under the floor")
    assert sheet(station, "IBIT", Question(EARLIER))["purchases"] == "eligible"
    assert sheet(station, "FBTC")["purchases"] == "hold, no buy"
    assert sheet(station, "FBTC", Question(date(2025, 9, 19)))["purchases"] == "eligible"


def test_a_symbol_that_nothing_bears_has_no_sheet(station: Workstation) -> None:
    with pytest.raises(BadInput, match="no-instrument"):
        station.custody.eligibility_sheet(Q, "NOPE")
