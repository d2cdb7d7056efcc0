"""The sleeve's cash, account by account and currency by currency: never below zero without a word about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.text import N_
from sandyq.book.state import Cash

_OVERDRAFT: Final = "overdraft:"
_Key = tuple[str, str]


@dataclass(slots=True)
class _Account:
    """Net movement per day (ordinal), named overdraft reasons per day, and what has not settled yet."""

    days: dict[int, Decimal] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    unsettled: Decimal = ZERO


class CashLedger:
    """Takes movements in any order; `lines` closes it. Balances are judged at the end of each day."""

    def __init__(self) -> None:
        self._accounts: dict[_Key, _Account] = {}

    def _account(self, account: str, currency: str) -> _Account:
        key = (account, currency)
        found = self._accounts.get(key)
        if found is None:
            found = self._accounts[key] = _Account()
        return found

    def move(self, account: str, currency: str, day: date, amount: Decimal, note: str) -> None:
        """Record a movement. A note that begins with "overdraft:" names the reason for a balance below zero."""
        held = self._account(account, currency)
        ordinal = day.toordinal()
        days = held.days
        days[ordinal] = days[ordinal] + amount if ordinal in days else amount
        if note and note[:len(_OVERDRAFT)].lower() == _OVERDRAFT:
            held.reasons[ordinal] = note[len(_OVERDRAFT):].strip()

    def await_settlement(self, account: str, currency: str, amount: Decimal) -> None:
        """Record money that is traded and has not moved yet."""
        self._account(account, currency).unsettled += amount

    def lines(self) -> tuple[tuple[Cash, ...], tuple[Finding, ...]]:
        """Return each account's money and a finding for each run of days below zero without a reason."""
        lines: list[Cash] = []
        findings: list[Finding] = []
        for (account, currency), held in sorted(self._accounts.items()):
            balance, reason = ZERO, ""
            bare: list[tuple[int, Decimal]] = []
            for day in sorted(held.days):
                balance += held.days[day]
                reason = held.reasons.get(day, reason)
                if balance >= 0:
                    reason = ""
                if balance < 0 and not reason:
                    bare.append((day, balance))
                elif bare:
                    findings.append(_overdrawn(account, currency, bare))
                    bare = []
            if bare:
                findings.append(_overdrawn(account, currency, bare))
            lines.append(Cash(account, currency, balance, held.unsettled, reason))
        return tuple(lines), tuple(findings)


def _overdrawn(account: str, currency: str, bare: Iterable[tuple[int, Decimal]]) -> Finding:
    run = list(bare)
    day, amount = run[0]
    return Finding(Severity.WARNING, "cash-negative", N_(
        "The cash of account {account} is {amount} {currency} on {day} and no overdraft reason is named "
        "(lowest {lowest} {currency}).", account=account, amount=amount, currency=currency,
        day=date.fromordinal(day), lowest=min(balance for _, balance in run)),
        subject=account, value=str(amount))
