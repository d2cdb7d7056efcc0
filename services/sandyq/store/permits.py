"""What the book holds about eligibility: decisions, elections and worksheets."""

from __future__ import annotations

import json
from datetime import datetime

from sandyq.limits.permits import Permits
from sandyq.reference.eligibility import Election, EligibilityStatus, ReserveAsset
from sandyq.store.custody import read_registers
from sandyq.store.records import read_accounts, read_all
from sandyq.store.store import Store


def read_permits(store: Store, known_at: datetime | None = None) -> Permits:
    """Return decisions about instruments, registers and accounts as known at a moment."""
    return Permits(read_statuses(store, known_at), read_registers(store, known_at), read_accounts(store, known_at))


def read_statuses(store: Store, known_at: datetime | None = None) -> tuple[EligibilityStatus, ...]:
    return read_all(store, "eligibility_status", known_at, lambda f: EligibilityStatus(
        f["symbol"], f["instrument"], f["status"], f["reason"], f["source"], f.sure_day("valid_from"), f.origin))


def read_worksheets(store: Store, known_at: datetime | None = None) -> tuple[ReserveAsset, ...]:
    return read_all(store, "reserve_asset", known_at, lambda f: ReserveAsset(
        f["symbol"], f["instrument"], f["content"], f["conclusion"], f.sure_day("valid_from"), f.day("valid_to"),
        f["source"], f.origin))


def read_elections(store: Store, known_at: datetime | None = None) -> tuple[Election, ...]:
    return read_all(store, "election", known_at, lambda f: Election(
        f["event"], f["symbol"], tuple(json.loads(f["options"])) if f["options"] else (), f["choice"],
        f.sure_day("day"), f["reason"], f.origin))
