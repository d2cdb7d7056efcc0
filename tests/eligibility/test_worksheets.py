"""Reserve-asset worksheets, elections, and the national programme around the sleeve (F096, F019, F005, F123)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from custody_books import DAY, EARLIER, MANDATE, record
from hypothesis import given
from hypothesis import strategies as st
from two_persons import approved, two_persons

from sandyq.basics.errors import ApprovalNeeded, BadInput, Refused
from sandyq.reference.facts import FactRow
from sandyq.reference.reserve_questions import QUESTIONS, Answer, Conclusion
from sandyq.workstation.contract import Question
from sandyq.workstation.elections import OPTIONS, TOKENS, suggested
from sandyq.workstation.worksheets import Answered
from sandyq.workstation.workstation import Workstation

Q = Question(DAY)
YES = {name: Answered(Answer.YES, "Prospectus, page 3") for name in QUESTIONS}
RESERVE = Conclusion.RESERVE_ASSET


def rules(station: Workstation, text: str) -> None:
    """A second version of the mandate with more sections."""
    toml = MANDATE.format(name="Sleeve", book="sleeve", cap=300_000_000).replace('"v1"', '"v2"').replace(
        "valid_from = 2020-01-01", "valid_from = 2020-01-02")
    record(station, [("mandate", (0, "Sleeve", "v2", "2020-01-02", f"{toml}\n{text}\n"))])


# ---- worksheets

def test_a_worksheet_is_signed_by_two_persons_and_says_who(station: Workstation) -> None:
    with pytest.raises(ApprovalNeeded):
        station.permits.conclude("IBIT", YES, RESERVE, DAY)
    two_persons(station)
    waiting = station.permits.conclude("IBIT", YES, RESERVE, DAY, source="Memo 12").proposal
    assert {item.symbol for item in station.permits.worksheets(Q) if not item.conclusion} == {"IBIT", "FBTC", "BITB"}
    approved(station, waiting)
    sheets = {item.symbol: item for item in station.permits.worksheets(Q)}
    signed = sheets["IBIT"]
    assert (signed.conclusion, signed.valid_from, signed.source) == ("reserve_asset", DAY, "Memo 12")
    assert signed.signed_by == ("Manager 1", "Risk 1")
    assert dict(signed.answers) == YES
    assert {name for name, item in sheets.items() if not item.conclusion} == {"FBTC", "BITB"}
    assert all(item.held for item in sheets.values())
    assert not next(i for i in station.permits.worksheets(Question(EARLIER)) if i.symbol == "IBIT").conclusion


def test_a_worksheet_that_has_ended_is_none(station: Workstation) -> None:
    two_persons(station)
    approved(station, station.permits.conclude("IBIT", YES, RESERVE, EARLIER, valid_to=DAY).proposal)
    assert next(i for i in station.permits.worksheets(Q) if i.symbol == "IBIT").conclusion
    later = Question(DAY + timedelta(1))
    assert not next(i for i in station.permits.worksheets(later) if i.symbol == "IBIT").conclusion


@pytest.mark.parametrize(("changed", "conclusion", "code"), [
    ({"liquid": Answered(Answer.NO, "Prospectus")}, RESERVE, "worksheet-contradicts"),
    ({"liquid": Answered(Answer.YES, " ")}, RESERVE, "worksheet-open"),
    ({"colour": Answered(Answer.YES, "Prospectus")}, RESERVE, "worksheet-open")])
def test_a_worksheet_is_whole_and_does_not_contradict_itself(station: Workstation, changed: Mapping[str, Answered],
                                                             conclusion: Conclusion, code: str) -> None:
    two_persons(station)
    with pytest.raises(BadInput, match=code):
        station.permits.conclude("IBIT", {**YES, **changed}, conclusion, DAY)
    with pytest.raises(BadInput, match="worksheet-open"):
        station.permits.conclude("IBIT", {}, conclusion, DAY)


def test_a_no_may_conclude_that_it_does_not_count(station: Workstation) -> None:
    two_persons(station)
    no = {**YES, "non_resident": Answered(Answer.NO, "Opinion of the lawyers")}
    approved(station, station.permits.conclude("IBIT", no, Conclusion.NOT_RESERVE_ASSET, DAY).proposal)
    assert next(i for i in station.permits.worksheets(Q) if i.symbol == "IBIT").conclusion == "not_reserve_asset"


# ---- elections

def test_tokens_are_refused_with_the_clause_and_cash_is_proposed(station: Workstation) -> None:
    rules(station, '[eligibility]\ntoken_clause = "Section 5.1: the sleeve holds no tokens."')
    for offer in ("tokens", "in_kind"):
        with pytest.raises(Refused, match=r"Section 5\.1") as refused:
            station.permits.elect("E-1", "IBIT", ("cash", offer), DAY, choice=offer)
        assert str(refused.value.remedy) == "Elect cash instead."
    with pytest.raises(Refused, match=r"Decline the offer"):
        station.permits.elect("E-1", "IBIT", ("tokens",), DAY, choice="tokens")
    assert station.permits.elections(Q) == ()
    station.permits.elect("E-1", "IBIT", ("tokens", "cash"), DAY)
    (found,) = station.permits.elections(Q)
    assert (found.event, found.choice, found.options) == ("E-1", "cash", ("tokens", "cash"))
    assert station.permits.elections(Question(EARLIER)) == ()


def test_an_election_is_of_what_the_offer_has(station: Workstation) -> None:
    for event, offered, choice, code in (("E", ("tokens",), "cash", "election-option"), (" ", ("cash",), "", "empty"),
                                         ("E", (), "", "empty"), ("E", ("gold",), "", "election-option")):
        with pytest.raises(BadInput, match=code):
            station.permits.elect(event, "IBIT", offered, DAY, choice=choice)
    station.permits.elect("E", "IBIT", ("tokens",), DAY)
    assert [item.choice for item in station.permits.elections(Q)] == ["decline"]


@given(st.lists(st.sampled_from(OPTIONS), max_size=6))
def test_what_is_suggested_is_never_a_token_and_is_cash_wherever_it_is_offered(options: list[str]) -> None:
    found = suggested(options)
    assert found not in TOKENS
    assert (found == "cash") == ("cash" in options)


def test_the_book_itself_takes_no_election_for_tokens(station: Workstation) -> None:
    for choice in ("tokens", "in_kind"):
        with pytest.raises(Refused, match="token"):
            record(station, [("election", (0, "E-1", "IBIT", '["cash"]', choice, DAY.isoformat(), "why"))])


# ---- the programme

def vehicle(participant: str, name: str, asset: str, amount: object, day: date = EARLIER, quantity: str | None = None,
            currency: str = "USD") -> tuple[str, FactRow]:
    return "programme_holding", (0, participant, name, day.isoformat(), asset, quantity, str(amount), currency,
                                 "Ministry", "Letter 5")


def total(participant: str, amount: object, day: date = EARLIER) -> tuple[str, FactRow]:
    return "programme", (0, participant, day.isoformat(), str(amount), "USD", "Letter 4")


def test_the_programme_is_consolidated_by_coin_and_stays_out_of_the_book(station: Workstation) -> None:
    rules(station, '[programme]\nparticipants = ["Fund M", "Company I"]\nceiling = 1_000_000_000')
    before = station.holdings(Q)
    record(station, [vehicle("Fund M", "BNB fund", "BNB", 40_000_000, quantity="50000"),
                     vehicle("Fund M", "BNB fund", "BNB", 50_000_000, DAY, "50000"),
                     vehicle("Fund M", "Confiscated", "BTC", 6_000_000, quantity="100"),
                     total("Company I", 44_000_000)])
    view = station.permits.programme(Q)
    # 1,000 × 65 + 200 × 100 + 400 × 50 USD are ours.
    assert view.sleeve_usd == Decimal(105_000)
    assert {item.name: item.amount_usd for item in view.participants} == {
        "Fund M": Decimal(56_000_000), "Company I": Decimal(44_000_000)}
    assert view.total_usd == Decimal(100_105_000)
    assert view.headroom_usd == Decimal(1_000_000_000) - 100_105_000
    coins = {line.asset: line for line in view.coins}
    assert (coins["BNB"].sleeve_usd, coins["BNB"].others_usd, coins["BNB"].quantity) == (0, 50_000_000, 50_000)
    assert (coins[""].others_usd, coins[""].quantity) == (44_000_000, None)
    own = sum((line.coins_usd["BTC"].central or Decimal(0)) for line in station.exposure(Q).lines)
    assert coins["BTC"].total_usd == own + 6_000_000
    after = station.holdings(Q)
    assert (after.market_value_usd, after.cost_usd, len(after.lines)) == (before.market_value_usd, before.cost_usd,
                                                                         len(before.lines))
    assert [item.amount_usd for item in station.permits.programme(Question(EARLIER)).participants] == [
        Decimal(46_000_000), Decimal(44_000_000)]


def test_a_missing_participant_is_unknown_and_named(station: Workstation) -> None:
    rules(station, '[programme]\nparticipants = ["Fund M", "Company I"]\nceiling = 1_000_000_000')
    record(station, [total("Company I", 44_000_000)])
    view = station.permits.programme(Q)
    assert (view.total_usd, view.headroom_usd) == (None, None)
    assert [(item.code, item.subject) for item in view.findings] == [("participant-missing", "Fund M")]


def test_a_figure_without_a_rate_is_unknown(station: Workstation) -> None:
    record(station, [vehicle("Fund M", "Fund", "BTC", 5, currency="KZT")])
    view = station.permits.programme(Q)
    assert view.total_usd is None
    assert [line.total_usd for line in view.coins if line.asset == "BTC"] == [None]


@pytest.mark.parametrize(("typed", "recorded", "expected"), [
    (EARLIER, DAY, 7), (DAY, EARLIER, 9), (DAY, DAY, 7)])
def test_the_later_figure_of_a_participant_counts_and_vehicles_go_before_a_total(
        station: Workstation, typed: date, recorded: date, expected: int) -> None:
    record(station, [total("Fund M", 9, typed), vehicle("Fund M", "Fund", "BTC", 7, recorded)])
    assert [item.amount_usd for item in station.permits.programme(Q).participants] == [expected]


def test_vehicles_and_ratings_come_from_files(station: Workstation, tmp_path: Path) -> None:
    file = tmp_path / "vehicles.csv"
    file.write_text("participant,vehicle,date,asset,quantity,amount,currency,owner,source\n"
                    "Fund M,BNB fund,2025-09-01,bnb,50000,40000000,USD,Ministry,Letter 5\n"
                    "Fund M,Other,2025-09-01,BTC,,1000,USD,Ministry,Letter 6\n"
                    "Fund M,Bad,2025-09-01,BTC,-5,1000,USD,Ministry,Letter 6\n"
                    "Fund M,Bad,2025-09-01,BTC,5,1000,USD,,Letter 6\n", encoding="utf-8")
    (done,) = station.accept([file])
    assert (done.kind, done.read, done.new, done.refused) == ("programme_holding", 4, 2, 2)
    (found,) = station.permits.programme(Q).participants
    assert found.amount_usd == 40_001_000
    file = tmp_path / "ratings.csv"
    file.write_text("party,rating,agency,valid_from,source\nP-1,A−,Agency 1,2025-01-01,Letter\n"
                    "P-1,Baa1,Agency 2,2025-01-01,Letter\nP-1,good,Agency 3,2025-01-01,Letter\n", encoding="utf-8")
    (done,) = station.accept([file])
    assert (done.kind, done.new, done.refused) == ("ratings", 2, 1)


def test_the_limit_counts_the_same_figures_as_the_memo(station: Workstation) -> None:
    rules(station, '[programme]\nparticipants = ["Fund M"]')
    assert station.picture(Q).snapshot.programme is None
    record(station, [vehicle("Fund M", "BNB fund", "BNB", 40_000_000), vehicle("Fund M", "Other", "BTC", 2)])
    assert station.picture(Q).snapshot.programme == Decimal(40_000_002)
