"""The order desk: a basket against every limit, and the fingerprint of what was checked."""

from __future__ import annotations

import hashlib
import json

from sandyq.limits.check import check
from sandyq.limits.result import Check, Order
from sandyq.workstation.picture import Picture


def check_basket(picture: Picture, basket: tuple[Order, ...], *, largest: bool,
                 pending: tuple[Order, ...] = ()) -> Check:
    """Hold a basket against the limits of the picture's day, on top of orders that are approved and not executed."""
    return check(picture.ordering, picture.mandate, basket, largest=largest, prepared=picture.prepared(pending))


def fingerprint(result: Check, head: str) -> str:
    """Return SHA-256 over chain head, day, orders and every value and state: equal inputs give the equal hash."""
    content = {
        "head": head, "as_of": result.as_of.isoformat(), "verdict": result.verdict.value,
        "orders": [[o.side, str(o.quantity), o.symbol, str(o.price), str(o.fee)] for o in result.orders],
        "limits": [[c.limit.id, c.limit.version, c.before.state.value, c.after.state.value,
                    str(c.after.worst.value) if c.after.worst else ""] for c in result.changes],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
