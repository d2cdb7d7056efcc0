"""The demo's registers and a custodian's statement: role names, invented licences, three differences to look at.

Every row has the columns of its fact table in their order, so that it can be written as a file or recorded as facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sandyq.basics.decimals import canonical
from sandyq.reference.facts import TABLES, FactRow
from sandyq.reference.parties import PartyKind, Standing
from sandyq.valuation.holdings import Holdings

SOURCE: Final = "generated, illustrative"
ACCOUNT: Final = "Custodian 1"
"""The one account that the demo's bookings name."""
_OWNER: Final = "Middle office 1"
_FIRST: Final = date(2024, 1, 2)

_PARTIES: Final = (
    # id, name, kind, country, status, licence until (None: no licence is needed or none is there)
    ("custodian-1", "Custodian 1", PartyKind.SECURITIES_CUSTODIAN, "US", Standing.ACTIVE, date(2028, 12, 31)),
    ("broker-1", "Broker 1", PartyKind.BROKER, "US", Standing.ACTIVE, date(2027, 6, 30)),
    ("broker-2", "Broker 2", PartyKind.BROKER, "KZ", Standing.ACTIVE, date(2026, 6, 30)),
    ("broker-3", "Broker 3", PartyKind.BROKER, "KZ", Standing.SUSPENDED, date(2027, 12, 31)),
    ("payments-1", "Payment provider 1", PartyKind.PAYMENT_PROVIDER, "KZ", Standing.ACTIVE, date(2027, 3, 31)),
    ("coin-custodian-1", "Coinbase Custody", PartyKind.COIN_CUSTODIAN, "US", Standing.ACTIVE, date(2029, 12, 31)),
    ("auditor-1", "Auditor 1", PartyKind.AUDITOR, "US", Standing.ACTIVE, None),
)
_ROLES: Final = (
    ("custodian-1", PartyKind.SECURITIES_CUSTODIAN, ACCOUNT), ("auditor-1", PartyKind.AUDITOR, "IBIT"),
    ("auditor-1", PartyKind.AUDITOR, "FBTC"), ("coin-custodian-1", PartyKind.ISSUER, "COIN"),
)


def registers() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return fact table → rows of text, columns in the table's order; an empty text is "not said"."""
    first = _FIRST.isoformat()
    return {
        "account": ((ACCOUNT, "Custodian 1", "", "securities", "sleeve", _OWNER, first, "", SOURCE),),
        "party": tuple((party, name, kind.value, country, status.value, first, SOURCE)
                       for party, name, kind, country, status, _ in _PARTIES),
        "party_role": tuple((party, role.value, subject, "", first, "", SOURCE) for party, role, subject in _ROLES),
        "licence": tuple((party, f"Illustrative {number}", "Illustrative authority", kind.value, first,
                          until.isoformat(), Standing.ACTIVE.value, SOURCE)
                         for number, (party, _, kind, _, _, until) in enumerate(_PARTIES, 1) if until),
    }


def statement(holdings: Holdings, day: date) -> tuple[tuple[str, ...], ...]:
    """Return a statement of the demo's account on a day as rows of ``statement_line``, with three differences.

    The largest line is 100 units short, the price of the second one is two per cent off, the smallest is missing.
    """
    lines = sorted((line for line in holdings.open_lines if line.price and line.market_value_usd is not None),
                   key=lambda line: line.market_value_usd or Decimal(0), reverse=True)
    rows: list[tuple[str, ...]] = []
    for place, line in enumerate(lines[:-1] if len(lines) > 2 else lines):
        assert line.price is not None
        quantity = line.quantity - 100 if place == 0 else line.quantity
        price = line.price.close * Decimal("1.02") if place == 1 else line.price.close
        rows.append((ACCOUNT, day.isoformat(), "security", line.symbol, "", "", canonical(quantity),
                     canonical(price), "", line.price.currency, "STATEMENT-1"))
    rows += [(ACCOUNT, day.isoformat(), "cash", "", "", "", canonical(item.cash.amount - item.cash.unsettled), "", "",
              item.cash.currency, "STATEMENT-1") for item in holdings.cash]
    return tuple(rows)


def fact_rows(tables: Mapping[str, tuple[tuple[str, ...], ...]]) -> Iterator[tuple[str, FactRow]]:
    """Yield rows of text as facts."""
    for table, rows in tables.items():
        for line, row in enumerate(rows, 2):
            assert len(row) == len(TABLES[table].columns), table
            yield table, (line, *(value or None for value in row))


def statement_days(last: date) -> tuple[date, date]:
    """Return the days of two statements, a week apart, so that a difference has an age."""
    return last - timedelta(days=7), last
