"""The demo's registers and its custodian's statement, with three breaks planted for somebody to find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from sandyq.workstation.demo import paths, plan

SOURCE: Final = "generated, illustrative"
ACCOUNT: Final = "Custodian 1"
SHORT: Final = ("ETHA", 400)
"""The statement shows so many units less of this fund than the book."""
UNSEEN: Final = "MARA"
"""The statement does not show this line at all."""
OTHER_PRICE: Final = "BITB"
"""The statement prices this fund two per cent higher."""
_Row = Sequence[object]


def tables(rows: Iterable[_Row], closes: Mapping[str, float]) -> dict[str, tuple[str, Iterable[_Row]]]:
    """Return file name → (header, rows): registers, and a statement of the last day made from the bookings."""
    return {
        "accounts.csv": ("account,institution,currency,form,book,owner,valid_from,source", _accounts()),
        "parties.csv": ("party,name,kind,country,status,valid_from,source", _parties()),
        "party_roles.csv": ("party,role,subject,valid_from,source", _roles()),
        "ratings.csv": ("party,rating,agency,valid_from,source",
                        [("Illustrative custodian bank", "A+", "Illustrative agency", paths.FIRST, SOURCE)]),
        "licences.csv": ("party,number,authority,activity,valid_from,valid_to,status,source", _licences()),
        "statement.csv": ("date,account,symbol,quantity,price,value,currency", _statement(rows, closes)),
    }


def _accounts() -> Iterable[_Row]:
    for currency, form in (("", "securities"), ("USD", "bank_money")):
        yield ACCOUNT, "Illustrative custodian bank", currency, form, "sleeve", "Back office 1", paths.FIRST, SOURCE


def _parties() -> Iterable[_Row]:
    known: dict[str, tuple[str, str]] = {"Illustrative custodian bank": ("securities_custodian", "US"),
                                         "Illustrative broker": ("broker", "KZ")}
    for _, _, kind, _, issuer, _, _, sponsor, custodians, domicile in plan.INSTRUMENTS:
        known.setdefault(issuer, ("issuer", domicile))
        if sponsor and kind.endswith(("etf", "etp")):
            known.setdefault(sponsor, ("sponsor", domicile))
        for custodian in filter(None, custodians.split(";")):
            known.setdefault(custodian, ("coin_custodian", "US"))
    for name, (kind, country) in sorted(known.items()):
        yield name, name, kind, country, "active", paths.FIRST, SOURCE


def _roles() -> Iterable[_Row]:
    yield "Illustrative custodian bank", "securities_custodian", ACCOUNT, paths.FIRST, SOURCE
    yield "Illustrative broker", "broker", ACCOUNT, paths.FIRST, SOURCE
    for symbol, _, kind, _, issuer, _, _, sponsor, custodians, _ in plan.INSTRUMENTS:
        yield issuer, "issuer", symbol, paths.FIRST, SOURCE
        if sponsor and kind.endswith(("etf", "etp")):
            yield sponsor, "sponsor", symbol, paths.FIRST, SOURCE
        for custodian in filter(None, custodians.split(";")):
            yield custodian, "coin_custodian", symbol, paths.FIRST, SOURCE


def _licences() -> Iterable[_Row]:
    yield ("Illustrative custodian bank", "C-001", "Illustrative authority", "custody", paths.FIRST,
           date(2028, 12, 31), "active", SOURCE)
    yield ("Illustrative broker", "B-014", "Illustrative authority", "brokerage", paths.FIRST, date(2026, 12, 31),
           "active", SOURCE)


def _statement(rows: Iterable[_Row], closes: Mapping[str, float]) -> Iterable[_Row]:
    units, money = _held(rows)
    for symbol, quantity in sorted(units.items()):
        if symbol == UNSEEN or not quantity:
            continue
        shown = quantity - SHORT[1] if symbol == SHORT[0] else quantity
        price = round(closes[symbol] * (1.02 if symbol == OTHER_PRICE else 1.0), 2)
        yield paths.LAST, ACCOUNT, symbol, shown, f"{price:.2f}", f"{shown * price:.2f}", "USD"
    yield paths.LAST, ACCOUNT, "", f"{money:.2f}", "", "", "USD"


def _held(rows: Iterable[_Row]) -> tuple[dict[str, int], float]:
    """Return units by symbol on the last day and the money left, from the rows of the transactions file."""
    units: dict[str, int] = {}
    money = 0.0
    for row in sorted(rows, key=lambda item: str(item[0])):
        day, kind, symbol = row[0], str(row[2]), str(row[3])
        amount = float(str(row[4])) * float(str(row[5]))
        costs = float(str(row[7])) + float(str(row[8]))
        if kind in {"buy", "sell"}:
            factor = 10 if symbol == "MSTR" and isinstance(day, date) and day < plan.SPLIT_DAY else 1
            sign = 1 if kind == "buy" else -1
            units[symbol] = units.get(symbol, 0) + sign * int(str(row[4])) * factor
            money -= sign * amount + costs
        else:
            money += amount - costs
    return units, money
