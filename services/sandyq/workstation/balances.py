"""Signed balances: what one person says an account holds on a day, and whether the book still says the same (F111)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sandyq.basics.decimals import ZERO, canonical
from sandyq.basics.errors import BadInput, Refused
from sandyq.basics.text import N_, Text
from sandyq.book.positions import account_quantities
from sandyq.book.state import Basis
from sandyq.control.chain import canonical_json
from sandyq.control.people import Right, Signer
from sandyq.control.signing import signature_holds
from sandyq.reference.accounts import ALL_BOOKS, SLEEVE
from sandyq.store.custody import SignOff, read_sign_offs
from sandyq.store.records import read_people
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.recorded import SignedBalance

if TYPE_CHECKING:
    from sandyq.workstation.workstation import Workstation

_Amounts = Mapping[str, tuple[Decimal, Decimal]]
"""Instrument id or currency → (settled, by trade date)."""


def balance_message(book_id: str, account: str, day: date, content_hash: str, person: str) -> bytes:
    """Return the bytes that a person signs for a balance."""
    return f"sandyq balance v1\n{book_id}\n{account}\n{day.isoformat()}\n{content_hash}\n{person}\n".encode()


def content_of(station: Workstation, account: str, q: Question) -> str:
    """Return an account's balances of the question's day as canonical JSON: settled and by trade date."""
    return canonical_json({"account": account, "day": q.as_of.isoformat(),
                           "securities": _listed(_securities(station, account, q)),
                           "money": _listed(_money(station, account, q))})


def sign_balance(station: Workstation, account: str, day: date) -> Changes:
    """Record the signed balance of an account. Raises Refused without an enrolled person whose key is open.

    A second signature of the same account and day supersedes the first; both stay in the journal.
    """
    from sandyq.workstation.workstation import utc_now

    station.people.require(Right.RECONCILE)
    signer = _signing(station)
    if day > utc_now().date():
        raise BadInput("day-to-come", N_("The balance of {day} cannot be signed yet.", day=day), where=account)
    q = Question(day, None, ALL_BOOKS)
    if account not in accounts_of(station, q):
        raise BadInput("no-account", N_("The book has no account {account} on {day}.", account=account, day=day))
    content = content_of(station, account, q)
    digest = hashlib.sha256(content.encode()).hexdigest()
    signature = signer.sign(balance_message(station.people.book_id, account, day, digest, signer.name)).hex()
    row = (0, account, day.isoformat(), content, digest, signer.name, signature)
    return station.record("balance-signoff", {"account": account, "date": day.isoformat(), "content_hash": digest},
                          [("balance_signoff", row)])


def signed_balances(station: Workstation, q: Question) -> tuple[SignedBalance, ...]:
    """Return the signed balances up to the question's day, each held against what the book says of it now."""
    books = station.knowledge(q.known_at).books
    return tuple(_judged(station, item, q) for item in read_sign_offs(station.store, q.known_at)
                 if item.day <= q.as_of and (q.book == ALL_BOOKS or books.get(item.account, SLEEVE) == q.book))


def quantities_by_account(station: Workstation, q: Question, basis: Basis) -> Mapping[tuple[str, str], Decimal]:
    """Return (account, instrument) → quantity of a day over all books, with what events and transfers moved."""
    known = station.knowledge(q.known_at)
    state = station.picture(Question(q.as_of, q.known_at, ALL_BOOKS)).holdings.state
    return account_quantities(known.transactions, known.splits, q.as_of, basis=basis, moves=state.moves)


def accounts_of(station: Workstation, q: Question) -> frozenset[str]:
    """Return the accounts of the register and those with bookings, whatever their book."""
    known = station.knowledge(q.known_at)
    found = {row.account for row in known.accounts}
    found |= {row.account for row in known.transactions if row.trade_date <= q.as_of}
    found |= {account for move in known.transfers if move.trade_date <= q.as_of
              for account in (move.from_account, move.to_account)}
    return frozenset(found)


def _signing(station: Workstation) -> Signer:
    signer = station.signer
    if signer is None:
        raise Refused("no-key", N_("A balance is signed with a key, and no key is open."),
                      remedy=N_("Sign in with the key of an enrolled person."))
    if station.people.whoami() is None:
        raise Refused("not-enrolled", N_("{person} is not enrolled in this book with this key.", person=signer.name))
    return signer


def _judged(station: Workstation, item: SignOff, q: Question) -> SignedBalance:
    contradictions = list(_unsound(station, item))
    if not contradictions:
        now = json.loads(content_of(station, item.account, Question(item.day, q.known_at, ALL_BOOKS)))
        signed = json.loads(item.content)
        for part in ("securities", "money"):
            contradictions += _differences(signed[part], now[part])
    return SignedBalance(item.account, item.day, item.person, item.known_at, not contradictions,
                         tuple(contradictions))


def _unsound(station: Workstation, item: SignOff) -> tuple[Text, ...]:
    """Return why a signature does not count: the content is not what was signed, or nobody of that key signed it."""
    if hashlib.sha256(item.content.encode()).hexdigest() != item.content_hash:
        return (N_("The balance is not the one that was signed."),)
    keys = [person.public_key for person in read_people(station.store, item.known_at) if person.name == item.person]
    message = balance_message(station.people.book_id, item.account, item.day, item.content_hash, item.person)
    if not any(signature_holds(key, message, item.signature) for key in keys):
        return (N_("The signature of {person} does not hold.", person=item.person),)
    return ()


def _differences(signed: list[list[str]], now: list[list[str]]) -> list[Text]:
    before = {name: (settled, traded) for name, settled, traded in signed}
    after = {name: (settled, traded) for name, settled, traded in now}
    found = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, ("0", "0")), after.get(name, ("0", "0"))
        if old[0] != new[0]:
            found.append(N_("{subject}: {signed} was signed, now it is {now}.", subject=name,
                            signed=Decimal(old[0]), now=Decimal(new[0])))
        elif old[1] != new[1]:
            found.append(N_("{subject} by trade date: {signed} was signed, now it is {now}.", subject=name,
                            signed=Decimal(old[1]), now=Decimal(new[1])))
    return found


def _listed(amounts: _Amounts) -> list[list[str]]:
    return [[name, canonical(settled), canonical(traded)] for name, (settled, traded) in sorted(amounts.items())
            if settled or traded]


def _securities(station: Workstation, account: str, q: Question) -> _Amounts:
    parts = []
    for basis in (Basis.SETTLEMENT, Basis.TRADE):
        held = quantities_by_account(station, q, basis)
        parts.append({instrument: quantity for (owner, instrument), quantity in held.items() if owner == account})
    return _both(parts[0], parts[1])


def _money(station: Workstation, account: str, q: Question) -> _Amounts:
    parts = []
    for basis in (Basis.SETTLEMENT, Basis.TRADE):
        state = station.picture(q, basis=basis).holdings.state
        parts.append({cash.currency: cash.amount for cash in state.cash if cash.account == account})
    return _both(parts[0], parts[1])


def _both(settled: Mapping[str, Decimal], traded: Mapping[str, Decimal]) -> _Amounts:
    return {name: (settled.get(name, ZERO), traded.get(name, ZERO)) for name in {*settled, *traded}}
