"""The import desk: files in, facts booked; all good rows of a file in one batch, or nothing.

A preview is the same import done on a scratch copy of the book, so that what it shows is what would happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from sandyq.basics.errors import BadInput
from sandyq.basics.findings import Finding, Severity
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.ledger import screen
from sandyq.book.transactions import CASH_TYPES, Transaction, TransactionType
from sandyq.control.records import Batch
from sandyq.market.series import FundHolding
from sandyq.packs.reading import Reading, ReadOptions, read_file
from sandyq.reference.coins import COINS, STABLECOINS
from sandyq.reference.facts import TABLES, FactRow
from sandyq.reference.instruments import Instrument
from sandyq.reference.kinds import Kind
from sandyq.store.store import Store
from sandyq.workstation.contract import Preview
from sandyq.workstation.knowledge import Knowledge, read_knowledge

_LAST = ("transactions",)
_BOOKING = TABLES["booking"].columns
_SAMPLE_ROWS = 12
