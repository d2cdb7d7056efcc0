"""Commands: statements of custodians, accounts and their cash, registers of parties, the books of a file."""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import click

from sandyq.basics.origin import Origin
from sandyq.basics.text import N_
from sandyq.book.state import Basis
from sandyq.cli import custody_forms as forms
from sandyq.cli import custody_prints as prints
from sandyq.cli import options
from sandyq.cli.commands import asked, moment, opened
from sandyq.cli.forms import alerts, preview
from sandyq.cli.options import Day, answer, guarded, said
from sandyq.cli.prints import alerts as print_alerts
from sandyq.cli.prints import previews
from sandyq.reference.accounts import ALL_BOOKS, Account, Form
from sandyq.workstation.cash_accounts import LADDER_DAYS
from sandyq.workstation.contract import Changes, Preview, Question
from sandyq.workstation.custody import NOTE_STATES
from sandyq.workstation.reconciling import TOLERANCE_BP
from sandyq.workstation.recorded import Match

NO_ORIGIN: Final = Origin(0, 0)
"""Of what is being recorded now."""


_of_book = click.option("--book", "which", default=ALL_BOOKS, show_default=True, metavar="NAME",
                        help="Accounts of one book only.")


class BasisPoints(click.ParamType[Decimal]):
    """A tolerance in basis points, zero or more."""

    name = "bp"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            number = Decimal(value)
        except InvalidOperation:
            self.fail(f"{value!r} is not a number of basis points", param, ctx)
        if not number.is_finite() or number < 0:
            self.fail(f"{value!r} is not a number of basis points", param, ctx)
        return number


@click.command()
@options.book
@options.as_of
@options.known_at
@click.option("--since", type=Day(), help="From this day on; a year if nothing is said.")
@options.actor
@options.language
@options.as_json
@guarded
def reserves(book: Path, as_of: date | None, known_at: datetime | None, since: date | None, actor: str, code: str,
             as_json: bool) -> None:
    """The reserves around the sleeve: each series with publication date and age, and the sleeve's share of it."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at)
        found = station.custody.reserves(question, since)
    if as_json:
        answer({"as_of": question.as_of.isoformat(), "known_at": moment(question),
                "reserves": [forms.reserve_share(item) for item in found]})
    else:
        prints.reserve_shares(found, said(code))


@click.command()
@options.book
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def disclosures(book: Path, as_of: date | None, known_at: datetime | None, actor: str, code: str,
                as_json: bool) -> None:
    """Thresholds from which holdings are reported to others: 5 % of a class, 3 % of a fund's votes, 13F in sum."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at)
        found = station.custody.disclosures(question)
    if as_json:
        answer({"as_of": question.as_of.isoformat(), "known_at": moment(question), "alerts": alerts(found, said(code))})
    else:
        print_alerts(found, said(code))
        if not found:
            click.echo(said(code).say(N_("The book has no mandate.")))


@click.command()
@options.book
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@options.as_of
@options.known_at
@_of_book
@click.option("--account", "accounts", multiple=True, help="Only this account; may be repeated.")
@click.option("--basis", type=click.Choice([b.value for b in Basis]), default="settlement", show_default=True)
@click.option("--tolerance-bp", type=BasisPoints(), default=str(TOLERANCE_BP), show_default=True,
              help="How far prices may differ.")
@click.option("--strict", is_flag=True, help="Exit code 3 when there is a break.")
@click.option("--mapping", help="A saved mapping for a header of somebody else.")
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def reconcile(book: Path, files: tuple[Path, ...], as_of: date | None, known_at: datetime | None, which: str,
              accounts: tuple[str, ...], basis: str, tolerance_bp: Decimal, strict: bool, mapping: str | None,
              actor: str, key: Path | None, code: str, as_json: bool) -> None:
    """Hold custodians' statements against the book; files that are new are imported first. Exit code 0 with breaks."""
    done: tuple[Preview, ...] = ()
    with opened(book, actor=actor, write=bool(files), key=key if files else None) as station:
        if files:
            how = {} if mapping else {"kind": "statement"}
            done = station.accept(files, mapping=mapping, options=how)
        day = as_of or station.custody.last_statement(known_at)
        q = asked(station, day, known_at, which)
        result = station.custody.reconcile(q, accounts or None, basis=Basis(basis), tolerance_bp=tolerance_bp)
    if as_json:
        answer(forms.asked(q, moment(q)) | forms.reconciliation(result, said(code))
               | {"imported": [preview(item, said(code)) for item in done]})
    else:
        if any(item.refused for item in done):
            previews(done, said(code), dry=False)
        prints.reconciliation(result, said(code))
    if strict and any(line.match is not Match.MATCHED for line in result.lines):
        sys.exit(3)


@click.command("break")
@options.book
@click.option("--account", required=True)
@click.option("--date", "day", type=Day(), required=True, help="The statement's day.")
@click.option("--subject", required=True, help="The symbol or instrument, or the currency.")
@click.option("--owner", default="", help="Who looks after it.")
@click.option("--note", default="", help="What is known about it.")
@click.option("--status", type=click.Choice(NOTE_STATES), default="open", show_default=True)
@options.actor
@options.signing
@options.as_json
@guarded
def break_(book: Path, account: str, day: date, subject: str, owner: str, note: str, status: str, actor: str,
           key: Path | None, as_json: bool) -> None:
    """Say who looks after a break and what is known about it."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.custody.note_break(account, day, subject, owner, note, status)
    _recorded(changes, as_json=as_json)


@click.command("sign-balance")
@options.book
@click.argument("account")
@click.option("--date", "day", type=Day(), required=True, help="The day whose balances are signed.")
@options.actor
@options.signing
@options.as_json
@guarded
def sign_balance(book: Path, account: str, day: date, actor: str, key: Path | None, as_json: bool) -> None:
    """Sign an account's balances of a day with your key."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.custody.sign_balance(account, day)
    _recorded(changes, as_json=as_json)


@click.command("signed-balances")
@options.book
@options.as_of
@options.known_at
@_of_book
@options.actor
@options.language
@options.as_json
@guarded
def signed_balances(book: Path, as_of: date | None, known_at: datetime | None, which: str, actor: str, code: str,
                    as_json: bool) -> None:
    """Every signed balance, and whether the book still says the same. Exit code 3 when one does not hold."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found = station.custody.signed_balances(q)
    if as_json:
        answer(forms.asked(q, moment(q)) | {"signed": [forms.signed(item, said(code)) for item in found]})
    else:
        prints.signed(found, said(code))
    if not all(item.holds for item in found):
        sys.exit(3)


@click.command()
@options.book
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def accounts(book: Path, as_of: date | None, known_at: datetime | None, which: str, actor: str, code: str,
             as_json: bool) -> None:
    """The money of each account and currency by itself: booked, settled, unsettled, stated."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found = station.custody.accounts(q)
    if as_json:
        answer(forms.asked(q, moment(q)) | {"accounts": [forms.account(item) for item in found]})
    else:
        prints.accounts(found, said(code))


@click.command("open-account")
@options.book
@click.argument("account")
@click.option("--form", type=click.Choice([form.value for form in Form]), required=True)
@click.option("--institution", default="")
@click.option("--currency", default="", help="Required for money.")
@click.option("--book", "which", default="sleeve", show_default=True, metavar="NAME", help="The book it belongs to.")
@click.option("--owner", default="", help="Who looks after its breaks.")
@click.option("--from", "first", type=Day(), help="Its first day (default: always).")
@click.option("--to", "last", type=Day(), help="Its last day (default: none).")
@click.option("--reason", default="")
@options.actor
@options.signing
@options.as_json
@guarded
def open_account(book: Path, account: str, form: str, institution: str, currency: str, which: str, owner: str,
                 first: date | None, last: date | None, reason: str, actor: str, key: Path | None,
                 as_json: bool) -> None:
    """Record an account in the register."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.custody.open_account(
            Account(account, institution, currency, Form(form), which, owner, first, last, NO_ORIGIN), reason)
    _recorded(changes, as_json=as_json)


@click.command()
@options.book
@click.option("--days", type=click.IntRange(1, 366), default=LADDER_DAYS, show_default=True)
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def ladder(book: Path, days: int, as_of: date | None, known_at: datetime | None, which: str, actor: str, code: str,
           as_json: bool) -> None:
    """The money that is booked and moves in the coming days, by settlement date."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found = station.custody.ladder(q, days)
    if as_json:
        answer(forms.asked(q, moment(q)) | {"days": [forms.ladder_day(item) for item in found]})
    else:
        prints.ladder(found, said(code))


@click.command("stablecoin-fees")
@options.book
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def stablecoin_fees(book: Path, as_of: date | None, known_at: datetime | None, which: str, actor: str, code: str,
                    as_json: bool) -> None:
    """Fees that a licensed provider settled in a stablecoin, with its rate against par; no token is ever held."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found = station.custody.stablecoin_fees(q)
    if as_json:
        answer(forms.asked(q, moment(q)) | {"fees": [forms.fee(item, said(code)) for item in found]})
    else:
        prints.fees(found, said(code))


@click.command()
@options.book
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def parties(book: Path, as_of: date | None, known_at: datetime | None, actor: str, code: str, as_json: bool) -> None:
    """The registers: who does what, under which licence, in which state."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at)
        found = station.custody.parties(q)
    if as_json:
        answer(forms.asked(q, moment(q)) | {"parties": [forms.party(item, said(code)) for item in found]})
    else:
        prints.parties(found, said(code))


@click.command()
@options.book
@click.argument("party")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def entity(book: Path, party: str, as_of: date | None, known_at: datetime | None, which: str, actor: str, code: str,
           as_json: bool) -> None:
    """Everything that depends on one party over all its roles; each holding counts once."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        result = station.custody.entity(q, party)
    if as_json:
        answer(forms.asked(q, moment(q)) | forms.entity(result, said(code)))
    else:
        prints.entity(result, said(code))


@click.command()
@options.book
@click.argument("symbol")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def eligibility(book: Path, symbol: str, as_of: date | None, known_at: datetime | None, which: str, actor: str,
                code: str, as_json: bool) -> None:
    """The eligibility sheet of an instrument: each item with value, day and source."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, which)
        found = station.custody.eligibility_sheet(q, symbol)
    if as_json:
        answer(forms.asked(q, moment(q)) | {"symbol": symbol, "items": [forms.eligibility(item, said(code))
                                                                        for item in found]})
    else:
        prints.eligibility(found, said(code))


@click.command()
@options.book
@options.known_at
@options.actor
@options.as_json
@guarded
def books(book: Path, known_at: datetime | None, actor: str, as_json: bool) -> None:
    """The books of the file, with whether each has a mandate of its own."""
    with opened(book, actor=actor) as station:
        q = Question(station.latest_day(known_at), known_at, ALL_BOOKS)
        known = station.knowledge(known_at)
        found = [(name, known.has_mandate(name)) for name in station.custody.books(q)]
    if as_json:
        answer({"known_at": moment(q), "books": [{"name": name, "mandate": has} for name, has in found]})
    else:
        for name, has in found:
            click.echo(f"{name}{'' if has else '  (no mandate)'}")


@click.command()
@options.book
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def consolidated(book: Path, as_of: date | None, known_at: datetime | None, actor: str, code: str,
                 as_json: bool) -> None:
    """All books side by side with their total; a share that several books hold is one line."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, ALL_BOOKS)
        result = station.custody.consolidated(q)
    if as_json:
        answer(forms.asked(q, moment(q)) | forms.consolidated(result, said(code)))
    else:
        prints.consolidated(result, said(code))


@click.command()
@options.book
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def issuers(book: Path, as_of: date | None, known_at: datetime | None, actor: str, code: str, as_json: bool) -> None:
    """What depends on each issuer over all books: its own paper, and what funds hold of it."""
    with opened(book, actor=actor) as station:
        q = asked(station, as_of, known_at, ALL_BOOKS)
        result = station.custody.issuers(q)
    if as_json:
        answer(forms.asked(q, moment(q)) | forms.issuers(result, said(code)))
    else:
        prints.issuers(result, said(code))


def _recorded(changes: Changes, *, as_json: bool) -> None:
    """Say which entry holds it; exit code 6 when it waits for a second person."""
    if as_json:
        answer({"entry": changes.entry, "tables": sorted(changes.tables), "proposal": changes.proposal or None})
    else:
        click.echo(changes.proposal or str(changes.entry))
    if changes.proposal:
        sys.exit(6)


COMMANDS: Final[tuple[click.Command, ...]] = (
    reconcile, break_, sign_balance, signed_balances, accounts, open_account, ladder, stablecoin_fees, parties, entity,
    eligibility, books, consolidated, issuers, disclosures, reserves)
