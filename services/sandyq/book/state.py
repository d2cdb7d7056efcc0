"""What the book holds on a day: lots, positions, cash and the results that have become real.

Money is in the transaction's own currency where a field says so, otherwise in USD at the rate of the trade date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sandyq.basics.decimals import ZERO
from sandyq.basics.findings import Finding
from sandyq.basics.origin import Origin


class CostMethod(StrEnum):
    FIFO = "fifo"
    AVERAGE = "average"
    SPECIFIC = "specific"


class Basis(StrEnum):
    """Trade date: positions count from the trade. Settlement: from the day that shares and money move."""

    TRADE = "trade"
    SETTLEMENT = "settlement"


@dataclass(frozen=True, slots=True)
class BookSettings:
    """Conventions of one book, fixed when it is made (a change is a restatement)."""

    cost_method: CostMethod = CostMethod.FIFO
    fees_in_cost: bool = False
    lot_scope: str = "account"
    """``account``: lots are kept per account; ``book``: over all accounts."""


@dataclass(frozen=True, slots=True)
class Lot:
    """An open purchase; `quantity` in units of the as-of day (splits applied), `cost` a total in `currency`.

    `cost_usd` is fixed at the trade date's rate (None when no rate was known). `reference` is the purchase's.
    """

    instrument: str
    account: str
    reference: str
    trade_date: date
    quantity: Decimal
    cost: Decimal
    currency: str
    cost_usd: Decimal | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Realised:
    """A part of one lot that was sold: proceeds minus cost, dealing fees apart (unless the book capitalises them)."""

    instrument: str
    account: str
    sale_reference: str
    lot_reference: str
    acquired: date
    sold: date
    quantity: Decimal
    proceeds: Decimal
    cost: Decimal
    currency: str
    proceeds_usd: Decimal | None
    cost_usd: Decimal | None
    origin: Origin
    usd_rate: Decimal | None = None
    """USD per unit of `currency` on the day of the sale."""


@dataclass(frozen=True, slots=True)
class AppliedSplit:
    """One split that acted on the book's lots: `new` shares for `old`; the total `cost` is the same before and after.

    Quantities are those of all accounts at the start of `ex_date`, `cost` is in the instrument's currency.
    """

    instrument: str
    ex_date: date
    new: Decimal
    old: Decimal
    quantity_before: Decimal
    quantity_after: Decimal
    cost: Decimal
    origin: Origin


@dataclass(frozen=True, slots=True)
class Position:
    """One instrument over all accounts. Invariant: the lots' quantities and costs sum to the position's, exactly."""

    instrument: str
    quantity: Decimal
    cost_usd: Decimal | None
    lots: tuple[Lot, ...]
    unsettled: Decimal = ZERO
    """Quantity traded but not settled on the as-of day (positive bought, negative sold)."""


@dataclass(frozen=True, slots=True)
class Cash:
    """Money in one account and currency on the chosen basis; `unsettled` is still to come (+) or go (-).

    On trade date `amount` includes what is unsettled, on settlement date it does not.
    """

    account: str
    currency: str
    amount: Decimal
    unsettled: Decimal = ZERO
    overdraft_reason: str = ""


@dataclass(frozen=True, slots=True)
class Funding:
    """One tranche of money from the parent reserves (negative: given back)."""

    day: date
    account: str
    currency: str
    amount: Decimal
    reference: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums per instrument (empty id: the book itself), USD at the rate of each day; None where a rate is missing."""

    realised_usd: Decimal | None = ZERO
    income_usd: Decimal | None = ZERO
    """Dividends and interest, gross of withholding."""
    withholding_usd: Decimal | None = ZERO
    fees_usd: Decimal | None = ZERO
    """Dealing fees and separate fee rows."""
    taxes_usd: Decimal | None = ZERO
    """Transaction taxes on purchases and sales."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One purchase (+) or sale (-) in USD with its costs: what the cash convention of net invested sums."""

    day: date
    instrument: str
    amount_usd: Decimal | None
    reference: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class BookState:
    """Everything the transactions say as of a day."""

    as_of: date
    basis: Basis
    settings: BookSettings
    positions: Mapping[str, Position]
    cash: tuple[Cash, ...]
    fundings: tuple[Funding, ...]
    realised: tuple[Realised, ...]
    totals: Mapping[str, Totals]
    flows: tuple[Flow, ...]
    findings: tuple[Finding, ...] = field(default=())
    splits: Mapping[str, tuple[AppliedSplit, ...]] = field(default_factory=dict)
    """Splits up to the as-of day by instrument id, published or booked, in order of their ex-dates."""

    @property
    def invested_raw(self) -> Decimal | None:
        """Purchases with costs minus sale proceeds after costs, not floored; None when a rate is missing."""
        total = ZERO
        for flow in self.flows:
            if flow.amount_usd is None:
                return None
            total += flow.amount_usd
        return total

    @property
    def net_invested(self) -> Decimal | None:
        """Net invested capital by the cash convention (domain.md B6, note 1; O16): never under zero."""
        raw = self.invested_raw
        return None if raw is None else max(raw, ZERO)
