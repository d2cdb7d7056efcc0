"""The book of four persons after some weeks: an order partly filled, a release, a hold, evidence of the days."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from four_persons import signer

from sandyq.control.attesting import signed_row
from sandyq.control.deciding import read_content
from sandyq.control.signing import decision_message
from sandyq.reference.facts import TABLES, FactRow
from sandyq.workstation.workstation import Workstation

CONTENT = '{"verdict":"pass"}'
USUAL: Mapping[str, Mapping[str, str]] = {
    "trade_order": {"reference": "O-1", "line_number": "1", "book": "sleeve", "side": "buy", "symbol": "IBIT",
                    "instrument": "IBIT.XNAS", "quantity": "100", "limit_price": "50", "currency": "USD",
                    "account": "Custody", "valid_until": "2026-11-24", "order_check": "C-1", "tranche": "T1"},
    "emergency_order": {"reference": "E-1", "line_number": "1", "book": "sleeve", "side": "sell", "symbol": "IBIT",
                        "instrument": "IBIT.XNAS", "quantity": "10", "limit_price": "50", "currency": "USD",
                        "account": "Custody", "valid_until": "2026-11-24", "order_check": "C-1",
                        "reason": "The venue closes", "person": "Analyst 1", "signature": ""},
    "emergency_review": {"order_reference": "E-1", "person": "Risk 1", "outcome": "confirmed", "note": "seen",
                         "signature": ""},
    "fill": {"reference": "F-1", "order_reference": "O-1", "line_number": "1", "booking": "O-1/1/1",
             "trade_date": "2026-11-20", "quantity": "60", "price": "50", "fees": "0"},
    "booking": {"reference": "O-1/1/1", "trade_date": "2026-11-20", "settle_date": "2026-11-23", "type": "buy",
                "symbol": "IBIT", "instrument": "IBIT.XNAS", "quantity": "60", "price": "50", "currency": "USD",
                "fees": "0", "taxes": "0", "account": "Custody"},
    "order_check": {"reference": "C-1", "book": "sleeve", "as_of": "2026-11-20", "known_entry": "9", "verdict": "pass"},
    "limit_run": {"book": "sleeve", "date": "2026-11-20", "version": "1", "known_entry": "9"},
    "gate_day": {"book": "sleeve", "date": "2026-11-20", "state": "closed", "dwell": "0", "known_entry": "9"},
    "breach": {"reference": "B-1", "book": "sleeve", "limit_id": "L16", "part": "1", "subject": "IBIT",
               "first_day": "2026-11-20", "detected_on": "2026-11-20"},
    "breach_step": {"breach": "B-1", "number": "1", "step": "detected", "day": "2026-11-20", "note": "by the run"},
    "waiver": {"reference": "W-1", "book": "sleeve", "limit_id": "L16", "part": "1", "ceiling": "0.5",
               "valid_from": "2026-11-24", "valid_to": "2026-12-24", "clause": "4.9", "reason": "The fund merges"},
    "gate_override": {"reference": "G-1", "book": "sleeve", "committee_reference": "IC 2026-14", "tranche": "T1",
                      "amount_usd": "1000000", "valid_from": "2026-11-23", "valid_to": "2026-11-30", "reason": "Paced"},
    "tranche_release": {"reference": "R-1", "book": "sleeve", "tranche": "T1", "amount_usd": "5000",
                        "valid_from": "2026-11-20", "valid_to": "2026-12-20", "reason": "The plan"},
    "eligibility_status": {"symbol": "FBTC", "instrument": "FBTC.BATS", "status": "hold_no_buy", "reason": "Notice",
                           "valid_from": "2026-11-20"},
    "reserve_asset": {"symbol": "IBIT", "instrument": "IBIT.XNAS", "content": "{}", "conclusion": "reserve_asset",
                      "valid_from": "2026-11-20"},
    "rating": {"party": "Custodian 1", "rating": "A-", "agency": "Agency 1", "valid_from": "2026-11-20"},
    "election": {"event": "X-1", "symbol": "IBIT", "options": '["tokens","cash"]', "choice": "cash",
                 "day": "2026-11-20", "reason": "no tokens"},
}


def fact(table: str, **changed: str | None) -> tuple[str, FactRow]:
    """A row as it would rightly be, with some values changed; a content has its own hash unless one is given."""
    said: dict[str, str | None] = {**USUAL[table], **changed}
    if "content_hash" in TABLES[table].columns:
        said = {"content": CONTENT, **said}
        said.setdefault("content_hash", sha256(str(said["content"]).encode()).hexdigest())
    return table, (0, *(said.get(column) for column in TABLES[table].columns))


def attested(station: Workstation, table: str, by: str = "", **changed: str | None) -> tuple[str, FactRow]:
    """A row that one person signs alone, signed by the key of `by`."""
    name, row = fact(table, **changed)
    person = str(row[TABLES[table].columns.index("person") + 1])
    return name, signed_row(signer(by or person), station.people.book_id, table, row)


def deal(station: Workstation) -> None:
    """Fill the book: everything rightly signed by Analyst 1 and Risk 1."""
    people = station.people
    people.sign_in(signer("Analyst 1"))

    def two(kind: str, row: tuple[str, FactRow]) -> None:
        approve(station, people.post(kind, kind, [row], {}).proposal)

    evidence(station, fact("order_check"), fact("limit_run"), fact("gate_day"), fact("breach"), fact("breach_step"))
    two("trade_order", fact("trade_order"))
    two("tranche_release", fact("tranche_release"))
    two("eligibility_status", fact("eligibility_status"))
    evidence(station, fact("fill"), fact("booking"))
    evidence(station, attested(station, "emergency_order"))
    for table in ("waiver", "gate_override"):
        people.post(table, table, [fact(table)], {})


def approve(station: Workstation, reference: str) -> None:
    """Record what Risk 1 signs as it is recorded at the end, without what desks check before."""
    proposal = station.people.proposal(reference)
    content = read_content(proposal.content)
    message = decision_message(station.people.book_id, reference, proposal.kind, proposal.content_hash, "Risk 1",
                               "approved")
    row: FactRow = (0, reference, "Risk 1", "approved", proposal.content_hash, signer("Risk 1").sign(message).hex(),
                    None)
    station.record(proposal.kind, {**content.payload, "proposal": reference}, [("approval", row), *content.rows],
                   key=content.key)


def evidence(station: Workstation, *rows: tuple[str, FactRow]) -> None:
    station.record("evidence", {}, rows)
