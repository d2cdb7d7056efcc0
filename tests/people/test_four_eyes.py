"""R17: attempts to get round the second person. None succeeds, and none goes unseen.

| who tries | by | what | what happens |
|---|---|---|---|
| the author | service, command line, SQL | approve their own proposal | refused |
| the author | service | approve under another actor's name, with no key or with their own | refused |
| the author | SQL | an approval in another person's name | the row is named, the proposal is void |
| anybody | SQL | approval of another content, of an unknown proposal, by an unknown person | refused |
| anybody | SQL | a second decision, a changed word, `INSERT OR REPLACE`, `OR IGNORE` | refused |
| anybody | SQL | change or remove a proposal or an approval | refused; without triggers it is named |
| anybody | SQL | a second proposal under the same reference | refused |
| a person | library | replay the signature of another book | void, named |
| a person | service, clock, library | approve after the expiry | refused; by the library void and named |
| a person | library | record other rows than those approved | named, byte for byte |
| anybody | library | drop a trigger, record, put it back | the entry is named |
| anybody | SQL | leave a trigger away | the trigger is named |
| the author | service, SQL | enrol a second name with the same key | refused |
| the administrator | service, library, SQL | enrol a second name, take over a name | waits, or refused |
| the administrator | service, SQL | approve | refused |
| the auditor | service, command line | import, propose, approve | refused |
| a person | service, command line, SQL | book into a closed period | refused |
| a person | service, SQL | reverse by row, table, entry or over a reversal what is in it | refused |
| anybody | service, SQL | reverse a person, a decision, a closed period | refused |
| a person | service | withdraw somebody else's proposal | refused |
| a person | command line, library | a new mandate alone | waits; refused |
| anybody | copy | an older copy put back, a cut tail, a rewritten book | the checkpoint shows it |
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from four_persons import PASSPHRASE, Attack, booking, close, enrolled, price, signer

from sandyq.basics.errors import SandyqError
from sandyq.cli.__main__ import cli
from sandyq.control.deciding import Content, hash_of, spelled
from sandyq.control.people import Role, Signer
from sandyq.control.proposals import ProposalState
from sandyq.control.records import Batch
from sandyq.control.signing import decision_message
from sandyq.reference.facts import TABLES, FactRow
from sandyq.store.store import Store
from sandyq.workstation import workstation
from sandyq.workstation.workstation import Workstation

MANUAL, EXPIRED = "P-0006", "P-0007"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MANDATE = Path(__file__).resolve().parents[2] / "resources" / "sandyq_resources" / "mandates" / "example.toml"


def typed(attack: Attack, *words: object, key: str = "") -> None:
    """A command as it would be typed; raises what the exit code says."""
    said = [str(word) for word in words] + (["--key", str(attack.keys / f"{key}.key")] if key else [])
    result = CliRunner().invoke(cli, said, env={"SANDYQ_KEY_PASSPHRASE": PASSPHRASE, "SANDYQ_ACTOR": "Analyst 1"})
    if result.exit_code in {3, 6}:
        raise PermissionError(result.output)
    assert result.exit_code == 0, result.output


def approval(attack: Attack, person: str, *, reference: str = MANUAL, by: str = "", content: str = "",
             decision: str = "approved", book: str = "") -> FactRow:
    """A row of the table approval, signed with the key of `by`."""
    with Workstation.open(attack.path, actor="x") as station:
        found = station.people.proposal(reference)
        message = decision_message(book or station.people.book_id, reference, found.kind, content or found.content_hash,
                                   person, decision)
    return (0, reference, person, decision, content or found.content_hash, signer(by or person).sign(message).hex(), "")


def insert(tool: sqlite3.Connection, table: str, row: FactRow, how: str = "INSERT", entry: int = 99) -> None:
    columns = ", ".join(f'"{name}"' for name in ("entry", "line", *TABLES[table].columns))
    marks = ", ".join("?" * (len(row) + 1))
    tool.execute(f'{how} INTO "{table}" ({columns}) VALUES ({marks})', [entry, *row])


def library(attack: Attack, kind: str, *rows: tuple[str, FactRow], actor: str = "Risk 1",
            payload: dict[str, object] | None = None, key: str = "") -> None:
    """Record with the program's own store, past every desk."""
    with Store.open(attack.path, write=True, actor=actor) as store:
        store.record(Batch(kind, actor, payload or {}, rows, key), NOW)


# ---- what is refused

def own_by_service(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        station.people.approve(MANUAL)


def own_by_command(attack: Attack) -> None:
    with pytest.raises(PermissionError):
        typed(attack, "import", attack.path, _mandate(attack), key="Analyst 5")
    reference = "P-0008"
    with Workstation.open(attack.path, actor="x") as station:
        assert station.people.proposal(reference).author == "Analyst 5"
    typed(attack, "approve", attack.path, reference, key="Analyst 5")


def own_by_sql(attack: Attack) -> None:
    row = approval(attack, "Analyst 1")
    with attack.sql() as tool:
        insert(tool, "approval", row)


def other_actor_without_a_key(attack: Attack) -> None:
    with attack.working(actor="Risk 1") as station:
        station.people.approve(MANUAL)


def other_actor_by_command(attack: Attack) -> None:
    typed(attack, "approve", attack.path, MANUAL, "--actor", "Risk 1")


def other_name_with_own_key(attack: Attack) -> None:
    with attack.working(actor="Risk 1") as station:
        own = signer("Analyst 1")
        station.people.sign_in(Signer("Risk 1", own.public_key, own.sign))


def other_name_claims_the_key(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        station.actor = "Risk 1"
        station.people.approve(MANUAL)


def other_content_by_sql(attack: Attack) -> None:
    row = approval(attack, "Risk 1", content="0" * 64)
    with attack.sql() as tool:
        insert(tool, "approval", row)


def unknown_proposal_by_sql(attack: Attack) -> None:
    row = approval(attack, "Risk 1")
    with attack.sql() as tool:
        insert(tool, "approval", (0, "P-0999", *row[2:]))


def unknown_person_by_sql(attack: Attack) -> None:
    row = approval(attack, "Risk 9")
    with attack.sql() as tool:
        insert(tool, "approval", row)


def administrator_by_service(attack: Attack) -> None:
    with attack.working("Administrator 1") as station:
        station.people.approve(MANUAL)


def administrator_by_sql(attack: Attack) -> None:
    row = approval(attack, "Administrator 1")
    with attack.sql() as tool:
        insert(tool, "approval", row)


def word_by_sql(attack: Attack) -> None:
    row = approval(attack, "Analyst 1", decision="Approved")
    with attack.sql() as tool:
        insert(tool, "approval", row)


def decided_twice_by_service(attack: Attack) -> None:
    with attack.working("Risk 1") as station:
        station.people.approve("P-0005")


def decided_twice_by_sql(attack: Attack) -> None:
    row = approval(attack, "Risk 1", reference="P-0005")
    with attack.sql() as tool:
        insert(tool, "approval", row)


def replaced_by_sql(attack: Attack) -> None:
    row = approval(attack, "Analyst 1", reference="P-0005")
    with attack.sql() as tool:
        tool.execute("PRAGMA recursive_triggers=OFF")
        insert(tool, "approval", row, "INSERT OR REPLACE")


def ignored_by_sql(attack: Attack) -> None:
    row = approval(attack, "Analyst 1")
    with attack.sql() as tool:
        insert(tool, "approval", row, "INSERT OR IGNORE")


def changed_by_sql(attack: Attack) -> None:
    with attack.sql() as tool:
        tool.execute("UPDATE proposal SET author = 'Risk 1' WHERE reference = ?", [MANUAL])


def removed_by_sql(attack: Attack) -> None:
    with attack.sql() as tool:
        tool.execute("DELETE FROM approval")


def reference_used_by_sql(attack: Attack) -> None:
    text = spelled(Content("IBIT", {}, (price(),)))
    with attack.sql() as tool:
        insert(tool, "proposal", (0, MANUAL, "manual_price", "IBIT", "Analyst 1", text, hash_of(text), None, "00"))


def expired_by_service(attack: Attack) -> None:
    with attack.working("Risk 1") as station:
        station.people.approve(EXPIRED)


def expired_with_the_clock_turned_back(attack: Attack) -> None:
    before = workstation.utc_now
    workstation.utc_now = lambda: datetime(2026, 1, 15, tzinfo=UTC)
    try:
        with attack.working("Risk 1") as station:
            station.people.approve(EXPIRED)
    finally:
        workstation.utc_now = before


def alone_by_library(attack: Attack) -> None:
    library(attack, "manual_price", price())


def alone_by_sql(attack: Attack) -> None:
    with attack.sql() as tool:
        insert(tool, "manual_price", price()[1])


def alias_by_service(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        own = signer("Analyst 1")
        alias = Signer("Risk 9", own.public_key, own.sign)
        station.people.enrol("Risk 9", Role.RISK, own.public_key, station.people.proof(alias, Role.RISK))


def alias_by_sql(attack: Attack) -> None:
    with attack.sql() as tool:
        insert(tool, "person", (0, "Risk 9", "risk", signer("Analyst 1").public_key, "2026-01-01", None, "00", None))


def second_name_by_library(attack: Attack) -> None:
    library(attack, "person", ("person", (0, "Risk 9", "risk", signer("Risk 9").public_key, "2026-01-01", None, "00",
                                          None)), actor="Administrator 1")


def taken_name_by_service(attack: Attack) -> None:
    with attack.working("Administrator 1") as station:
        new = Signer("Risk 1", signer("Risk 9").public_key, signer("Risk 9").sign)
        station.people.enrol("Risk 1", Role.RISK, new.public_key, station.people.proof(new, Role.RISK))


def taken_name_by_sql(attack: Attack) -> None:
    with attack.sql() as tool:
        insert(tool, "person", (0, "Risk 1", "risk", signer("Risk 9").public_key, "2026-01-01", None, "00", None))


def auditor_imports(attack: Attack) -> None:
    with attack.working("Auditor 1") as station:
        station.accept([_transactions(attack, "2026-03-02")])


def auditor_proposes(attack: Attack) -> None:
    with attack.working("Auditor 1") as station:
        station.people.post("manual_price", "IBIT", [price("2026-01-07")], {})


def nobody_imports_by_command(attack: Attack) -> None:
    typed(attack, "import", attack.path, _transactions(attack, "2026-03-02"))


def closed_by_service(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        station.record("import", {}, [booking("T-9", "2025-12-31")])


def closed_by_import(attack: Attack) -> None:
    with attack.working("Analyst 1") as station:
        done = station.accept([_transactions(attack, "2025-12-31")])
    _all_refused(done[0].refused, done[0].new)


def closed_by_command(attack: Attack) -> None:
    words = ["import", str(attack.path), str(_transactions(attack, "2025-12-31")), "--json", "--key",
             str(attack.keys / "Analyst 5.key")]
    result = CliRunner().invoke(cli, words, env={"SANDYQ_KEY_PASSPHRASE": PASSPHRASE})
    batch = json.loads(result.stdout)["batches"][0]
    _all_refused(batch["refused"], batch["new"])


def _all_refused(refused: int, new: int) -> None:
    """A file's row into a closed period is refused as a finding, like any bad row; the good ones would be taken."""
    if (refused, new) == (1, 0):
        raise PermissionError("the row was refused")


def closed_by_sql(attack: Attack) -> None:
    with attack.sql() as tool:
        insert(tool, "booking", booking("T-9", "2025-12-31")[1])


def _entry(attack: Attack) -> int:
    with attack.sql() as tool:
        return int(tool.execute("SELECT entry FROM booking WHERE reference = 'T-1'").fetchone()[0])


def reversal_by_row(attack: Attack) -> None:
    entry = _entry(attack)
    with attack.working("Analyst 1") as station:
        station.record("correction", {}, [("reversal", (0, str(entry), "booking", "1", "no"))])


def reversal_by_a_row_of_a_wrong_entry(attack: Attack) -> None:
    library(attack, "correction", ("reversal", (0, "2", "booking", "1", "no")))


def reversal_by_a_number_in_other_digits(attack: Attack) -> None:
    library(attack, "correction", ("reversal", (0, str(_entry(attack)), "booking", "\N{ARABIC-INDIC DIGIT ONE}", "no")))


def reversal_by_table(attack: Attack) -> None:
    library(attack, "correction", ("reversal", (0, str(_entry(attack)), "booking", "", "no")))


def reversal_by_entry(attack: Attack) -> None:
    entry = _entry(attack)
    with attack.working("Analyst 1") as station:
        station.record("reversal", {}, [("reversal", (0, str(entry), "", "", "no"))])


def reversal_by_sql(attack: Attack) -> None:
    entry = _entry(attack)
    with attack.sql() as tool:
        insert(tool, "reversal", (0, str(entry), None, None, "no"))


def reversal_of_the_close(attack: Attack) -> None:
    with attack.sql() as tool:
        entry = tool.execute("SELECT entry FROM period_close").fetchone()[0]
        insert(tool, "reversal", (0, str(entry), "", "", "no"))


def reversal_of_a_decision(attack: Attack) -> None:
    with attack.sql() as tool:
        entry = tool.execute("SELECT entry FROM approval").fetchone()[0]
    library(attack, "reversal", ("reversal", (0, str(entry), "approval", "", "no")))


def reversal_of_a_person(attack: Attack) -> None:
    with attack.sql() as tool:
        entry = tool.execute("SELECT entry FROM person WHERE name = 'Risk 1'").fetchone()[0]
    library(attack, "reversal", ("reversal", (0, str(entry), "person", "2", "no")))


def withdrawn_by_another(attack: Attack) -> None:
    with attack.working("Risk 1") as station:
        station.people.withdraw(MANUAL, "no")


def withdrawn_by_another_in_sql(attack: Attack) -> None:
    row = approval(attack, "Risk 1", decision="withdrawn")
    with attack.sql() as tool:
        insert(tool, "approval", row)


def mandate_by_library(attack: Attack) -> None:
    library(attack, "import", ("mandate", (0, "Another", "v9", "2026-01-01", MANDATE.read_text())))


def mandate_by_sql(attack: Attack) -> None:
    with attack.sql() as tool:
        insert(tool, "mandate", (0, "Another", "v9", "2026-01-01", MANDATE.read_text()))


def _transactions(attack: Attack, day: str) -> Path:
    file = attack.path.with_name("transactions.csv")
    file.write_text("trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference\n"
                    f"{day},{day},funding,,1000,1,USD,0,0,Custody,T-9\n", encoding="utf-8")
    return file


def _mandate(attack: Attack) -> Path:
    file = attack.path.with_name("mandate.toml")
    file.write_text(MANDATE.read_text(encoding="utf-8").replace("# ", "#  ", 1), encoding="utf-8")
    return file


REFUSED: list[Callable[[Attack], None]] = [
    own_by_service, own_by_command, own_by_sql, other_actor_without_a_key, other_actor_by_command,
    other_name_with_own_key, other_name_claims_the_key, other_content_by_sql, unknown_proposal_by_sql,
    unknown_person_by_sql, administrator_by_service, administrator_by_sql, word_by_sql, decided_twice_by_service,
    decided_twice_by_sql, replaced_by_sql, ignored_by_sql, changed_by_sql, removed_by_sql, reference_used_by_sql,
    expired_by_service, expired_with_the_clock_turned_back, alone_by_library, alone_by_sql, alias_by_service,
    alias_by_sql, second_name_by_library, taken_name_by_service, taken_name_by_sql, auditor_imports, auditor_proposes,
    nobody_imports_by_command, closed_by_service, closed_by_import,
    closed_by_command, closed_by_sql, reversal_by_row,
    reversal_by_a_row_of_a_wrong_entry, reversal_by_a_number_in_other_digits, reversal_by_table, reversal_by_entry,
    reversal_by_sql, reversal_of_the_close, reversal_of_a_decision, reversal_of_a_person, withdrawn_by_another,
    withdrawn_by_another_in_sql, mandate_by_library, mandate_by_sql,
]


@pytest.mark.parametrize("attempt", REFUSED, ids=lambda attempt: attempt.__name__)
def test_an_attempt_is_refused_and_changes_nothing(attack: Attack, attempt: Callable[[Attack], None]) -> None:
    before = attack.state()
    with pytest.raises((SandyqError, PermissionError, sqlite3.IntegrityError)):
        attempt(attack)
    after = attack.state()
    assert after[1] == before[1]
    assert attack.verified().holds


# ---- what no trigger can refuse, and verification names

def forged_in_sql(attack: Attack) -> None:
    """A row that claims to belong to the last entry."""
    row = approval(attack, "Risk 1", by="Analyst 1")
    with attack.sql() as tool:
        insert(tool, "approval", row, entry=tool.execute("SELECT max(seq) FROM journal").fetchone()[0])


def forged_by_library(attack: Attack) -> None:
    library(attack, "manual_price", ("approval", approval(attack, "Risk 1", by="Analyst 1")), price(),
            payload={"proposal": MANUAL, "symbol": "IBIT"}, key="manual:IBIT:2026-01-05")


def replayed_from_another_book(attack: Attack) -> None:
    library(attack, "manual_price", ("approval", approval(attack, "Risk 1", book="ab" * 32)), price(),
            payload={"proposal": MANUAL, "symbol": "IBIT"}, key="manual:IBIT:2026-01-05")


def expired_by_library(attack: Attack) -> None:
    library(attack, "period_close", ("approval", approval(attack, "Risk 1", reference=EXPIRED)), close("2026-01-31"),
            payload={"proposal": EXPIRED})


def other_rows_than_approved(attack: Attack) -> None:
    other = (*price()[1][:3], "51", *price()[1][4:])
    library(attack, "manual_price", ("approval", approval(attack, "Risk 1")), ("manual_price", other),
            payload={"proposal": MANUAL, "symbol": "IBIT"}, key="manual:IBIT:2026-01-05")


def more_rows_than_approved(attack: Attack) -> None:
    library(attack, "manual_price", ("approval", approval(attack, "Risk 1")), price(), booking("T-8", "2026-03-02"),
            payload={"proposal": MANUAL, "symbol": "IBIT"}, key="manual:IBIT:2026-01-05")


def another_payload_than_approved(attack: Attack) -> None:
    library(attack, "manual_price", ("approval", approval(attack, "Risk 1")), price(),
            payload={"proposal": MANUAL, "symbol": "FBTC"}, key="manual:IBIT:2026-01-05")


def trigger_away_for_a_price(attack: Attack) -> None:
    with attack.sql(without=("manual_price_second",)):
        library(attack, "manual_price", price())


def trigger_away_for_a_booking(attack: Attack) -> None:
    with attack.sql(without=("booking_closed",)):
        library(attack, "import", booking("T-9", "2025-06-30"))


def trigger_away_for_a_reversal(attack: Attack) -> None:
    entry = _entry(attack)
    with attack.sql(without=("reversal_rules",)):
        library(attack, "reversal", ("reversal", (0, str(entry), "", "", "no")))


def trigger_away_for_the_close(attack: Attack) -> None:
    with attack.sql() as tool:
        entry = tool.execute("SELECT entry FROM period_close").fetchone()[0]
    with attack.sql(without=("reversal_rules", "reversal_second")):
        library(attack, "reversal", ("reversal", (0, str(entry), "period_close", "", "no")))


def trigger_away_for_a_person(attack: Attack) -> None:
    new = signer("Risk 9")
    with Workstation.open(attack.path, actor="x") as station:
        proof = station.people.proof(new, Role.RISK)
    with attack.sql(without=("person_second",)):
        library(attack, "person", ("person", (0, "Risk 9", "risk", new.public_key, "2026-01-01", None, proof, None)))


def trigger_away_for_the_own_approval(attack: Attack) -> None:
    row = approval(attack, "Analyst 1")
    with attack.sql(without=("approval_rules",)):
        library(attack, "manual_price", ("approval", row), price(), payload={"proposal": MANUAL, "symbol": "IBIT"},
                key="manual:IBIT:2026-01-05")


def administrator_approves_without_the_trigger(attack: Attack) -> None:
    row = approval(attack, "Administrator 1")
    with attack.sql(without=("approval_rules",)):
        library(attack, "manual_price", ("approval", row), price(), payload={"proposal": MANUAL, "symbol": "IBIT"},
                key="manual:IBIT:2026-01-05")


def role_changed_in_sql(attack: Attack) -> None:
    with attack.sql(without=("person_update",)) as tool:
        tool.execute("UPDATE person SET role = 'risk' WHERE name = 'Administrator 1'")


def proposal_changed_in_sql(attack: Attack) -> None:
    with attack.sql(without=("proposal_update",)) as tool:
        tool.execute("UPDATE proposal SET content = replace(content, '\"50\"', '\"51\"') WHERE reference = ?", [MANUAL])


def expiry_changed_in_sql(attack: Attack) -> None:
    with attack.sql(without=("proposal_update",)) as tool:
        tool.execute("UPDATE proposal SET expires = '2027-12-31' WHERE reference = ?", [EXPIRED])


def trigger_left_away(attack: Attack) -> None:
    with attack.sql() as tool:
        tool.execute("DROP TRIGGER approval_rules")


NAMED: list[tuple[Callable[[Attack], None], str]] = [
    (forged_in_sql, "approval"), (forged_by_library, "approval"), (replayed_from_another_book, "approval"),
    (expired_by_library, "approval"), (other_rows_than_approved, "manual_price"), (more_rows_than_approved, "booking"),
    (another_payload_than_approved, "journal"), (trigger_away_for_a_price, "manual_price"),
    (trigger_away_for_a_booking, "booking"), (trigger_away_for_a_reversal, "reversal"),
    (trigger_away_for_the_close, "reversal"), (trigger_away_for_a_person, "person"),
    (trigger_away_for_the_own_approval, "approval"), (administrator_approves_without_the_trigger, "approval"),
    (role_changed_in_sql, "person"), (proposal_changed_in_sql, "proposal"), (expiry_changed_in_sql, "proposal"),
    (trigger_left_away, "approval_rules"),
]


@pytest.mark.parametrize(("attempt", "table"), NAMED, ids=lambda value: getattr(value, "__name__", value))
def test_an_attempt_past_the_triggers_is_named(attack: Attack, attempt: Callable[[Attack], None], table: str) -> None:
    entries = attack.verified().entries
    attempt(attack)
    found = attack.verified()
    assert not found.holds
    named = [damage for damage in found.damages if damage.table == table]
    assert named, found.damages
    if found.entries > entries:
        assert {damage.entry for damage in named} == {found.entries}


@pytest.mark.parametrize("attempt", [forged_in_sql, forged_by_library, replayed_from_another_book, expired_by_library,
                                     trigger_away_for_the_own_approval, administrator_approves_without_the_trigger,
                                     proposal_changed_in_sql, expiry_changed_in_sql],
                         ids=lambda attempt: attempt.__name__)
def test_what_is_not_rightly_signed_is_void_for_everybody_who_opens_the_book(attack: Attack,
                                                                             attempt: Callable[[Attack], None]) -> None:
    attempt(attack)
    with Workstation.open(attack.path, actor="Auditor 1") as station:
        void = station.people.void_decisions()
        assert [found.state for found in void] == [ProposalState.VOID]
    with attack.working("Risk 1") as station, pytest.raises(SandyqError):
        station.people.approve(void[0].reference)


@pytest.mark.parametrize("attempt", [forged_by_library, replayed_from_another_book, expired_by_library,
                                     trigger_away_for_a_price, trigger_away_for_a_person,
                                     trigger_away_for_the_own_approval, administrator_approves_without_the_trigger],
                         ids=lambda attempt: attempt.__name__)
def test_facts_without_two_signatures_count_for_nothing(attack: Attack, attempt: Callable[[Attack], None]) -> None:
    """The figures stay what they were, in every question, also before anybody verifies the book."""
    with Store.open(attack.path, actor="Auditor 1") as store:
        before = {table: store.rows(table) for table in ("manual_price", "period_close", "person")}
        assert store.void_entries() == frozenset()
    attempt(attack)
    with Store.open(attack.path, actor="Auditor 1") as store:
        assert {table: store.rows(table) for table in before} == before
        last = store.last()
        assert last is not None
        assert store.void_entries() == frozenset({last.seq})


def test_a_content_of_another_form_is_not_approved(attack: Attack) -> None:
    """A person signs a text of their own making: nobody can record it."""
    text = spelled(Content("IBIT", {}, (price("2026-01-08"),))).replace('"rows":[[', '"rows":[[[', 1)
    with Workstation.open(attack.path, actor="x") as station:
        book = station.people.book_id
    message = decision_message(book, "P-0008", "manual_price", hash_of(text), "Analyst 1", "proposed")
    library(attack, "proposal", ("proposal", (0, "P-0008", "manual_price", "IBIT", "Analyst 1", text, hash_of(text),
                                              None, signer("Analyst 1").sign(message).hex())), actor="Analyst 1")
    with attack.working("Risk 1") as station:
        assert station.people.changed_since(station.people.proposal("P-0008")) == 0
        with pytest.raises(SandyqError, match="not what was signed"):
            station.people.approve("P-0008")


def test_who_was_slipped_in_signs_nothing(attack: Attack) -> None:
    """A person whom no two persons enrolled approves with a key of their own: it counts for nothing and is named."""
    trigger_away_for_a_person(attack)
    library(attack, "manual_price", ("approval", approval(attack, "Risk 9")), price(),
            payload={"proposal": MANUAL, "symbol": "IBIT"}, key="manual:IBIT:2026-01-05")
    found = attack.verified()
    assert {(damage.entry, damage.table) for damage in found.damages} == {
        (found.entries - 1, "person"), (found.entries, "approval"), (found.entries - 1, "journal"),
        (found.entries, "journal")}
    with Store.open(attack.path, actor="Auditor 1") as store:
        assert store.rows("manual_price") == []
        assert store.void_entries() == frozenset({found.entries - 1, found.entries})


def test_a_right_decision_after_all_is_recorded_beside_the_void_one(attack: Attack) -> None:
    trigger_away_for_a_price(attack)
    with attack.working("Risk 1") as station:
        station.people.approve(MANUAL)
        assert [row[5] for row in station.store.rows("manual_price")] == ["50"]


# ---- what only a checkpoint kept elsewhere shows

def test_an_older_copy_put_back_and_a_cut_tail_are_seen_against_a_signed_checkpoint(attack: Attack,
                                                                                    tmp_path: Path) -> None:
    older = tmp_path / "older.sandyq"
    shutil.copy(attack.path, older)
    with attack.working("Risk 1") as station:
        station.people.approve(MANUAL)
        note = station.people.signed_checkpoint()
        assert station.people.checkpoint_signers(note) == ("Risk 1",)
    assert attack.verified(note).holds
    shutil.copy(older, attack.path)
    assert attack.verified().holds
    assert [damage.table for damage in attack.verified(note).damages] == ["journal"]
    with attack.working("Analyst 1") as station:
        station.people.withdraw(MANUAL, "another history")
    assert attack.verified().holds
    found = attack.verified(note)
    assert [(damage.table, damage.entry) for damage in found.damages] == [("journal", found.entries)]


def test_the_second_name_of_an_administrator_waits_and_cannot_be_used(attack: Attack) -> None:
    with attack.working("Administrator 1") as station:
        assert enrolled(station, "Risk 9", Role.RISK) == "P-0008"
        with pytest.raises(SandyqError):
            station.people.approve("P-0008")
        with pytest.raises(SandyqError):
            station.people.sign_in(signer("Risk 9"))
    assert attack.verified().holds


def test_a_reversal_of_a_reversal_does_not_reach_a_closed_period(attack: Attack) -> None:
    """A row reversed before the period was closed comes back only by the reversal of that reversal."""
    with attack.working("Analyst 1") as station:
        first = station.record("import", {}, [booking("T-5", "2026-03-02")]).entry
        undone = station.record("correction", {}, [("reversal", (0, str(first), "booking", "", "typed wrongly"))]).entry
        reference = station.people.post("period_close", "2026", [close("2026-06-30")], {}).proposal
        station.people.sign_in(signer("Risk 1"))
        station.people.approve(reference)
        for target in ((str(undone), "", ""), (str(undone), "reversal", ""), (str(undone), "reversal", "1")):
            with pytest.raises(SandyqError, match="period-closed"):
                station.record("correction", {}, [("reversal", (0, *target, "back"))])
        assert [row[3] for row in station.store.rows("booking")] == ["T-1", "T-2"]
    assert attack.verified().holds


def test_the_table_above_names_at_least_twenty_five_attempts() -> None:
    assert len(REFUSED) + len(NAMED) >= 25
