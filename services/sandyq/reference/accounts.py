"""Accounts of ours: where they are kept, in what money, in what form, and to which book of the file they belong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sandyq.basics.origin import Origin

SLEEVE: Final = "sleeve"
"""The book to which an account belongs when nothing else is said."""
ALL_BOOKS: Final = "*"
"""In a question: every book of the file consolidated."""


class Form(StrEnum):
    """What is in the account. A stablecoin is no form: tokens are never held."""

    SECURITIES = "securities"
    BANK_MONEY = "bank_money"
    CENTRAL_BANK_DIGITAL_CURRENCY = "cbdc"


@dataclass(frozen=True, slots=True)
class Account:
    """One account from `valid_from` on (None: always). `currency` is empty for securities."""

    account: str
    institution: str
    currency: str
    form: Form
    book: str
    owner: str
    valid_from: date | None
    valid_to: date | None
    origin: Origin


def books_of(accounts: Iterable[Account]) -> Mapping[str, str]:
    """Return account → book for every account of the register; the rest belongs to the sleeve."""
    return {account.account: account.book for account in accounts}
