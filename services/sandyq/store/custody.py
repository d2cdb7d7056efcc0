"""What the book holds about custody: statements, notes on breaks, signed balances, registers, fees paid in tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sandyq.basics.origin import Origin
from sandyq.reference.parties import Licence, Party, PartyRole, Registers
from sandyq.store.records import Fact, read_all
from sandyq.store.store import Store


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a custodian's statement as it was imported; None where the statement is silent."""

    account: str
    day: date
    kind: str
    """``security`` or ``cash``: the quantity of cash is its amount."""
    symbol: str
    isin: str
    quantity: Decimal
    price: Decimal | None
    market_value: Decimal | None
    currency: str
    reference: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class BreakNote:
    """Who looks after a break and what is known about it, from the statement day on which it was written."""

    account: str
    day: date
    subject: str
    owner: str
    note: str
    status: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class SignOff:
    """A balance as one person signed it; `content` is canonical JSON, `signature` Ed25519 in hex."""

    account: str
    day: date
    content: str
    content_hash: str
    person: str
    signature: str
    known_at: datetime
    origin: Origin


@dataclass(frozen=True, slots=True)
class StablecoinSettlement:
    """A fee that was paid in a token through a provider: the booking of the same reference carries the amount."""

    reference: str
    provider: str
    licence: str
    token: str
    token_amount: Decimal
    rate_to_par: Decimal
    par_reference: str
    note: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class FundWeight:
    """One holding of a fund on a day as its issuer publishes it; None where the issuer is silent."""

    fund: str
    day: date
    constituent: str
    symbol: str
    isin: str
    market_value: Decimal | None
    weight: Decimal | None
    source: str
    origin: Origin


def read_fund_weights(store: Store, known_at: datetime | None = None) -> tuple[FundWeight, ...]:
    return read_all(store, "fund_weight", known_at, lambda f: FundWeight(
        f["fund"], f.sure_day("date"), f["constituent"], f["symbol"], f["isin"], _number(f, "market_value"),
        _number(f, "weight"), f["source"], f.origin))


def read_statement_lines(store: Store, known_at: datetime | None = None) -> tuple[StatementLine, ...]:
    return read_all(store, "statement_line", known_at, lambda f: StatementLine(
        f["account"], f.sure_day("date"), f["kind"], f["symbol"], f["isin"], f.number("quantity"), _number(f, "price"),
        _number(f, "market_value"), f["currency"], f["reference"], f.origin))


def read_break_notes(store: Store, known_at: datetime | None = None) -> tuple[BreakNote, ...]:
    return read_all(store, "break_note", known_at, lambda f: BreakNote(
        f["account"], f.sure_day("date"), f["subject"], f["owner"], f["note"], f["status"], f.origin))


def read_sign_offs(store: Store, known_at: datetime | None = None) -> tuple[SignOff, ...]:
    """Return the signed balances; each with the moment of its journal entry."""
    moments = {entry.seq: entry.known_at for entry in store.entries(known_at)}
    return read_all(store, "balance_signoff", known_at, lambda f: SignOff(
        f["account"], f.sure_day("date"), f["content"], f["content_hash"], f["person"], f["signature"],
        moments[f.origin.entry], f.origin))


def read_settlements(store: Store, known_at: datetime | None = None) -> tuple[StablecoinSettlement, ...]:
    return read_all(store, "stablecoin_settlement", known_at, lambda f: StablecoinSettlement(
        f["reference"], f["provider"], f["licence"], f["token"], f.number("token_amount"), f.number("rate_to_par"),
        f["par_reference"], f["note"], f.origin))


def read_registers(store: Store, known_at: datetime | None = None) -> Registers:
    return Registers(
        parties=read_all(store, "party", known_at, lambda f: Party(
            f["party"], f["name"], f["kind"], f["country"], f["status"], f.day("valid_from"), f["source"], f.origin)),
        roles=read_all(store, "party_role", known_at, lambda f: PartyRole(
            f["party"], f["role"], f["subject"], _number(f, "share"), f.day("valid_from"), f.day("valid_to"),
            f["source"], f.origin)),
        licences=read_all(store, "licence", known_at, lambda f: Licence(
            f["party"], f["number"], f["authority"], f["activity"], f.day("valid_from"), f.day("valid_to"),
            f["status"], f["source"], f.origin)))


def _number(fact: Fact, name: str) -> Decimal | None:
    return Decimal(fact[name]) if fact[name] else None
