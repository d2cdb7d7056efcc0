"""A signed balance that later entries contradict turns red, and back when they are reversed (F111)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from custody_books import DAY, EARLIER, booking, enrolled, record, sleeve
from hypothesis import given, settings
from hypothesis import strategies as st

from sandyq.basics.errors import BadInput, Refused
from sandyq.control.people import Role
from sandyq.control.signing import signer_from_seed
from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import SignedBalance
from sandyq.workstation.workstation import Workstation

ALL = Question(date(2025, 10, 31), None, "*")


def signed(station: Workstation, q: Question = ALL) -> SignedBalance:
    (found,) = station.custody.signed_balances(q)
    return found


def test_a_balance_holds_until_a_late_booking_and_again_after_its_reversal(station: Workstation) -> None:
    enrolled(station)
    station.custody.sign_balance("C", DAY)
    assert signed(station).holds
    late = record(station, [booking("T-9", "buy", "IBIT", 10, 60, "C", EARLIER)])
    red = signed(station)
    assert not red.holds
    assert {text.values["subject"]: (text.values["signed"], text.values["now"]) for text in red.contradictions} == {
        "IBIT.XNAS": (Decimal(1000), Decimal(1010)), "USD": (Decimal(822_000), Decimal(821_400))}
    station.roll_back(late, "Booked twice.")
    assert signed(station).holds


def test_a_booking_of_a_later_day_or_another_account_contradicts_nothing(station: Workstation) -> None:
    enrolled(station)
    station.custody.sign_balance("C", DAY)
    record(station, [booking("T-9", "buy", "IBIT", 10, 60, "C", date(2025, 10, 1)),
                     booking("T-10", "sell", "BITB", 10, 60, "D", EARLIER)])
    assert signed(station).holds


def test_a_trade_that_settles_later_contradicts_the_balance_by_trade_date(station: Workstation) -> None:
    enrolled(station)
    station.custody.sign_balance("C", DAY)
    record(station, [booking("T-9", "buy", "IBIT", 10, 60, "C", DAY, date(2025, 10, 1))])
    red = signed(station)
    assert not red.holds
    assert all("trade date" in text.template for text in red.contradictions)


def test_what_was_known_then_still_holds_then(station: Workstation) -> None:
    enrolled(station)
    changes = station.custody.sign_balance("C", DAY)
    then = station.store_entry(changes.entry).known_at
    record(station, [booking("T-9", "buy", "IBIT", 10, 60, "C", EARLIER)])
    assert not signed(station).holds
    assert signed(station, Question(ALL.as_of, then, "*")).holds
    assert station.custody.signed_balances(Question(date(2025, 9, 29), None, "*")) == ()


def test_signing_needs_an_open_key_of_an_enrolled_person(station: Workstation) -> None:
    with pytest.raises(Refused, match="no-key"):
        station.custody.sign_balance("C", DAY)
    station.signer = signer_from_seed("Middle office 1", bytes([1]) * 32)
    with pytest.raises(Refused, match="not-enrolled"):
        station.custody.sign_balance("C", DAY)
    assert station.custody.signed_balances(ALL) == ()


def test_an_account_that_the_book_does_not_have_is_not_signed(station: Workstation) -> None:
    enrolled(station)
    with pytest.raises(BadInput, match="no-account"):
        station.custody.sign_balance("X", DAY)


def test_a_day_to_come_is_not_signed(station: Workstation) -> None:
    enrolled(station)
    with pytest.raises(BadInput, match="day-to-come"):
        station.custody.sign_balance("C", date(2190, 1, 1))


def test_an_auditor_signs_no_balance(station: Workstation) -> None:
    enrolled(station)
    auditor = signer_from_seed("Auditor 1", bytes([9]) * 32)
    station.people.enrol("Auditor 1", Role.AUDITOR, auditor.public_key, station.people.proof(auditor, Role.AUDITOR))
    station.people.sign_in(auditor)
    with pytest.raises(Refused, match="no-right"):
        station.custody.sign_balance("C", DAY)
    with pytest.raises(Refused, match="no-right"):
        station.custody.note_break("C", DAY, "IBIT", "", "", "open")


def test_a_signature_that_another_key_made_does_not_hold(station: Workstation) -> None:
    enrolled(station)
    entry = station.custody.sign_balance("C", DAY).entry
    (row,) = [row for row in station.store.rows("balance_signoff") if row[1] == entry]
    forged = signer_from_seed("Middle office 1", bytes([7]) * 32).sign(b"anything").hex()
    record(station, [("balance_signoff", (0, *[str(value) for value in row[3:8]], forged))])
    found = signed(station)
    assert not found.holds
    assert "signature" in found.contradictions[0].template


def test_an_edited_content_does_not_hold(station: Workstation) -> None:
    enrolled(station)
    entry = station.custody.sign_balance("C", DAY).entry
    (row,) = [row for row in station.store.rows("balance_signoff") if row[1] == entry]
    account, day, content, digest, person, signature = (str(value) for value in row[3:9])
    record(station, [("balance_signoff", (0, account, day, content.replace("1000", "1001"), digest, person,
                                          signature))])
    assert not signed(station).holds


late_bookings = st.lists(st.tuples(st.sampled_from("CD"), st.sampled_from([EARLIER, DAY, date(2025, 10, 6)]),
                                   st.booleans()), min_size=1, max_size=5)


@settings(max_examples=12, deadline=None)
@given(late_bookings)
def test_a_balance_holds_exactly_while_nothing_of_its_account_and_time_is_new(
        tmp_path_factory: pytest.TempPathFactory, late: list[tuple[str, date, bool]]) -> None:
    with sleeve(tmp_path_factory.mktemp("signed") / "b.sandyq") as station:
        enrolled(station)
        station.custody.sign_balance("C", DAY)
        entries = []
        for number, (account, day, _) in enumerate(late):
            entries.append(record(station, [booking(f"X-{number}", "buy", "IBIT", number + 1, 60, account, day)]))
        new = {entry for entry, (account, day, _) in zip(entries, late, strict=True)
               if account == "C" and day <= DAY}
        assert signed(station).holds is (not new)
        for entry, (_, _, undone) in zip(entries, late, strict=True):
            if undone:
                station.roll_back(entry, "Booked twice.")
                new.discard(entry)
                assert signed(station).holds is (not new)
