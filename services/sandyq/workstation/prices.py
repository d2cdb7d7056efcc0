"""Manual prices, sources and their breaks, completeness, fair value levels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandyq.basics.decimals import canonical, quotient
from sandyq.basics.errors import BadInput
from sandyq.basics.origin import Origin
from sandyq.basics.text import N_, Text
from sandyq.control.deciding import read_content
from sandyq.control.proposals import Decision, Proposal, ProposalState
from sandyq.market.series import ManualClose, PricePoint
from sandyq.reference.accounts import Account
from sandyq.reference.facts import FactRow
from sandyq.reference.instruments import Instrument
from sandyq.store import price_sources
from sandyq.store.market import read_levels, read_settings
from sandyq.valuation.completeness import presence
from sandyq.valuation.levels import LEVELS, level_of
from sandyq.workstation import workstation
from sandyq.workstation.contract import Changes, Question
from sandyq.workstation.recorded import Completeness, Level, ManualPrice, PriceBreak, SourceRank

if TYPE_CHECKING:
    from sandyq.store.price_sources import Said
    from sandyq.workstation.knowledge import Knowledge
    from sandyq.workstation.workstation import Workstation

DEFAULT_TOLERANCE_BP: Final = Decimal(10)
_BP: Final = Decimal(10_000)
_CURRENCY_LENGTH: Final = 3
_OWNER_SETTING: Final = "data_owner"


class PricesDesk:
    """One desk of an open book."""

    def __init__(self, station: Workstation) -> None:
        self._station = station

    # ---- prices set by hand

    def propose_manual(self, symbol: str, day: date, close: Decimal, currency: str, reason: str,
                       expires: date) -> Changes:
        """Propose a price; it counts once a second person has approved it. Raises BadInput, Refused, ApprovalNeeded."""
        self._bearer(symbol, day)
        if not close.is_finite() or close <= 0:
            raise BadInput("price-not-positive", N_("A price is more than zero."), where=symbol)
        money = currency.strip().upper()
        if len(money) != _CURRENCY_LENGTH or not money.isalpha():
            raise BadInput("bad-currency", N_("A currency is three letters, such as USD."), where=currency)
        if expires < day:
            raise BadInput("expires-early", N_("A price expires on its day or later."), where=expires.isoformat())
        if day > workstation.utc_now().date():
            raise BadInput("day-to-come", N_("A price of a day to come cannot be set."), where=day.isoformat())
        return self._post_manual(symbol, day, close, money, _said(reason), expires)

    def withdraw_manual(self, symbol: str, day: date, reason: str) -> Changes:
        """Take back a price set by hand: a proposal by its author, a price in force by two persons. Raises BadInput.

        A withdrawn price counts on no day; its rows stay in the book.
        """
        for proposal in self._station.people.proposals(None, open_only=True):
            row = _row_of(proposal) if proposal.kind == "manual_price" else None
            if row is not None and not row.withdrawn and (row.symbol, row.day) == (symbol, day):
                return self._station.people.withdraw(proposal.reference, _said(reason))
        found = next((row for row in self._station.knowledge().market.manual.get(symbol, ()) if row.day == day
                      and not row.withdrawn), None)
        if found is None:
            raise BadInput("no-manual-price", N_("There is no price of {symbol} set by hand on {day}.", symbol=symbol,
                                                 day=day))
        return self._post_manual(symbol, day, found.close, found.currency, _said(reason), day - timedelta(days=1),
                                 key=f"manual-price:withdraw:{found.origin.entry}:{found.origin.line}")

    def _post_manual(self, symbol: str, day: date, close: Decimal, currency: str, reason: str, expires: date,
                     key: str = "") -> Changes:
        row: FactRow = (0, symbol, day.isoformat(), canonical(close), currency, reason, expires.isoformat(),
                        self._station.actor)
        payload = {"symbol": symbol, "date": day.isoformat(), "close": canonical(close), "currency": currency,
                   "reason": reason, "expires": expires.isoformat()}
        return self._station.people.post("manual_price", f"{symbol} {day}", [("manual_price", row)], payload,
                                         key)

    def manual_prices(self, q: Question) -> tuple[ManualPrice, ...]:
        """Return every price set by hand up to the question's day, and those that wait for a second person."""
        known = self._station.knowledge(q.known_at)
        proposals = [p for p in self._station.people.proposals(q) if p.kind == "manual_price"]
        decided = {a.origin.entry: (p, a.person) for p in proposals for a in p.approvals
                   if a.decision is Decision.APPROVED}
        found = []
        for rows in known.market.manual.values():
            for row in rows:
                proposal, approver = decided.get(row.origin.entry, (None, ""))
                state = "withdrawn" if row.withdrawn else "expired" if row.expires < q.as_of else "in_force"
                found.append(_manual(known, row, state, approver, proposal.reference if proposal else ""))
        for proposal in proposals:
            waiting = _row_of(proposal) if proposal.state is ProposalState.OPEN else None
            if waiting is not None:
                found.append(_manual(known, waiting, "proposed", "", proposal.reference))
        return tuple(sorted((item for item in found if item.day <= q.as_of),
                            key=lambda item: (item.symbol, item.day, item.proposal)))

    # ---- sources

    def sources(self, q: Question) -> tuple[SourceRank, ...]:
        """Return every source of closes with its rank and tolerance on the question's day, the best ranked first."""
        ranks = price_sources.read_ranks(self._station.store, q.known_at)
        rows = price_sources.count_rows(self._station.store, q.known_at)
        found = []
        for name in dict.fromkeys((*rows, *(rank.source for rank in ranks))):
            rank = price_sources.rank_on(ranks, name, q.as_of)
            found.append(SourceRank(name, rank.rank if rank else None, rank.tolerance_bp if rank else None,
                                    rows.get(name, 0)))
        return tuple(sorted(found, key=lambda item: (item.rank is None, item.rank or 0, item.source)))

    def rank(self, source: str, rank: int, tolerance_bp: Decimal | None, reason: str) -> Changes:
        """Give a source a rank (1 counts before 2) and its own tolerance; two persons once people are enrolled."""
        if not source.strip() or rank < 1:
            raise BadInput("bad-rank", N_("A source has a name and a rank of 1 or more."), where=source)
        if tolerance_bp is not None and (not tolerance_bp.is_finite() or tolerance_bp < 0):
            raise BadInput("bad-tolerance", N_("A tolerance is zero basis points or more."), where=source)
        tolerance = None if tolerance_bp is None else canonical(tolerance_bp)
        row: FactRow = (0, source.strip(), str(rank), tolerance, None)
        payload = {"source": source.strip(), "rank": rank, "tolerance_bp": tolerance, "reason": _said(reason)}
        return self._station.people.post("price_source", source.strip(), [("price_source", row)], payload)

    def two_source_breaks(self, q: Question, first: date, last: date) -> tuple[PriceBreak, ...]:
        """Return days on which another source's traded close is further from the one that counts than tolerated.

        The difference is in basis points of the close that counts; the tolerance is the wider of the two sources' own
        ones, 10 where neither has one. Both sides are as traded, so a split-adjusted file is no break.
        """
        known = self._station.knowledge(q.known_at)
        ranks = price_sources.read_ranks(self._station.store, q.known_at)
        found: list[PriceBreak] = []
        for (symbol, text), said in price_sources.contested(
                self._station.store, q.known_at, first=first, last=last).items():
            day = date.fromisoformat(text)
            tolerances = {item.source: rank.tolerance_bp for item in said
                          if (rank := price_sources.rank_on(ranks, item.source, day)) and rank.tolerance_bp is not None}
            points = self._points(known, symbol, day, said)
            for other in points[1:]:
                used = points[0]
                own = [tolerances[name] for name in (used.source, other.source) if name in tolerances]
                tolerance = max(own, default=DEFAULT_TOLERANCE_BP)
                apart = _apart(used, other)
                if apart is not None and apart > tolerance:
                    found.append(PriceBreak(symbol, day, used.source, used.close, other.source, other.close, apart,
                                            tolerance, used.source, used.origin, other.origin))
        return tuple(found)

    def other_sources(self, q: Question, price: PricePoint,
                      symbol: str) -> tuple[tuple[PricePoint, Decimal | None], ...]:
        """Return what other sources say of a price's day, each with its distance in basis points (None: currency)."""
        known = self._station.knowledge(q.known_at)
        said = price_sources.contested(self._station.store, q.known_at, symbol=symbol, first=price.day, last=price.day)
        points = self._points(known, symbol, price.day, said.get((symbol, price.day.isoformat()), ()))
        return tuple((point, _apart(points[0], point)) for point in points[1:])

    def said_by_others(self, q: Question, price: PricePoint, symbol: str) -> Text | None:
        """Return how many sources have a close of a price's day and how far away the furthest one is; None for one."""
        others = self.other_sources(q, price, symbol)
        if not others:
            return None
        apart = [distance for _, distance in others if distance is not None]
        if not apart:
            return N_("source {source} is 1 of {count}; the others are in another currency", source=price.source,
                      count=len(others) + 1)
        return N_("source {source} is 1 of {count}; the other is {distance} bp away", source=price.source,
                  count=len(others) + 1, distance=round(max(apart), 1))

    def source_notes(self, q: Question) -> Mapping[str, Text]:
        """Return for each open line whose close several sources have which one counts and how far the others are."""
        found: dict[str, Text] = {}
        for line in self._station.holdings(q).open_lines:
            if line.price is not None and line.price.price_type == "close":
                said = self.said_by_others(q, line.price, line.symbol)
                if said is not None:
                    found[line.symbol] = said
        return found

    def _points(self, known: Knowledge, symbol: str, day: date, said: tuple[Said, ...]) -> list[PricePoint]:
        """Return the closes as traded, the one that counts first; without those adjusted for dividends."""
        series = known.market.prices.get(symbol)
        at = series.position(day) if series else -1
        if series is None or at < 0 or series.days[at] != day.toordinal():
            return []
        points = [item.point(series) for item in said if item.basis != "SD"]
        return sorted(points, key=lambda point: point.origin != series.at(at).origin)

    # ---- completeness

    def completeness(self, q: Question, first: date, last: date, *, all_instruments: bool = False,
                     ) -> tuple[Completeness, ...]:
        """Hold the closes of what is held (or of all with prices) against the exchange's calendar, the worst first."""
        if last < first:
            raise BadInput("days-reversed", N_("The last day is before the first."), where=last.isoformat())
        known = self._station.knowledge(q.known_at)
        holdings = self._station.holdings(Question(last, q.known_at, q.book))
        held = {line.instrument.id: line for line in holdings.open_lines}
        owners = _owners(known.accounts, read_settings(self._station.store, q.known_at, last), last)
        found = []
        for instrument in known.directory:
            priced = any(name in known.market.prices for name in known.directory.symbols_of(instrument))
            if instrument.id not in held and not (all_instruments and priced):
                continue
            seen = presence(instrument, known.directory, known.market, first, last)
            accounts = [valued.lot.account for valued in held[instrument.id].lots] if instrument.id in held else []
            found.append(Completeness(
                instrument.symbol(last), seen.market, seen.expected, seen.present, seen.missing, seen.last, seen.age,
                next((owners[name] for name in accounts if owners.get(name)), owners.get("", "")),
                seen.calendar_known))
        return tuple(sorted(found, key=lambda item: (-len(item.missing), item.symbol)))

    # ---- fair value levels

    def levels(self, q: Question) -> tuple[Level, ...]:
        """Return the IFRS 13 level of every open line, with its reason; None is Unknown."""
        known = self._station.knowledge(q.known_at)
        decisions = read_levels(self._station.store, q.known_at)
        found = (level_of(line, known.market, q.as_of, decisions) for line in self._station.holdings(q).open_lines)
        return tuple(Level(item.symbol, item.level, item.decided, item.reason, item.origin) for item in found)

    def decide_level(self, symbol: str, level: int, reason: str, valid_from: date | None = None) -> Changes:
        """Decide a level with a reason, from a day on (None: the last day with prices). Raises BadInput."""
        begins = valid_from or self._station.latest_day()
        self._bearer(symbol, begins)
        if level not in LEVELS:
            raise BadInput("bad-level", N_("A fair value level is 1, 2 or 3."), where=str(level))
        row: FactRow = (0, symbol, str(level), _said(reason), begins.isoformat())
        payload = {"symbol": symbol, "level": level, "reason": _said(reason), "valid_from": begins.isoformat()}
        return self._station.people.post("fair_value_level", symbol, [("fair_value_level", row)], payload)

    def level_transfers(self, q: Question, earlier: date) -> tuple[tuple[Level, Level], ...]:
        """Return (level then, level now) of every line held on both days whose level differs."""
        then = {item.symbol: item for item in self.levels(Question(earlier, q.known_at, q.book))}
        return tuple((then[now.symbol], now) for now in self.levels(q)
                     if now.symbol in then and then[now.symbol].level != now.level)

    def _bearer(self, symbol: str, day: date) -> Instrument:
        known = self._station.knowledge()
        found = known.directory.candidates(symbol, day)
        if not found:
            raise BadInput("symbol-unknown", N_("No instrument bears the symbol {symbol} on {day}.", symbol=symbol,
                                                day=day))
        return found[0]


def _said(reason: str) -> str:
    if not reason.strip():
        raise BadInput("no-reason", N_("A decision has a reason."))
    return reason.strip()


def _row_of(proposal: Proposal) -> ManualClose | None:
    """Return the price that a proposal would record; None when its content cannot be read."""
    try:
        rows = [row for table, row in read_content(proposal.content).rows if table == "manual_price"]
        _, symbol, day, close, currency, reason, expires, author = rows[0]
        return ManualClose(str(symbol), date.fromisoformat(str(day)), Decimal(str(close)), str(currency), str(reason),
                           date.fromisoformat(str(expires)), str(author), proposal.origin)
    except (ValueError, ArithmeticError, IndexError):
        return None


def _manual(known: Knowledge, row: ManualClose, state: str, approver: str, proposal: str) -> ManualPrice:
    series = known.market.prices.get(row.symbol)
    official = series.latest(row.day) if series else None
    replaced = official.close if official and official.day == row.day else None
    return ManualPrice(row.symbol, row.day, row.close, row.currency, row.reason, row.expires, row.author, approver,
                       state, replaced, proposal, row.origin or Origin(0, 0))


def _apart(used: PricePoint, other: PricePoint) -> Decimal | None:
    """Return the distance in basis points of the close that counts, None between two currencies."""
    if used.currency != other.currency or not used.close:
        return None
    return quotient(abs(other.close - used.close) * _BP, used.close)


def _owners(accounts: tuple[Account, ...], settings: Mapping[str, str], on: date) -> Mapping[str, str]:
    """Return account → who answers for its data; under an empty name whoever the setting ``data_owner`` names."""
    found = {"": settings.get(_OWNER_SETTING, "")}
    for account in accounts:
        if (account.valid_from is None or account.valid_from <= on) and (account.owner or account.institution):
            found[account.account] = account.owner or account.institution
    return found
