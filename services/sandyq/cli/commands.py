"""The commands: each asks the workstation one question and prints the answer."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from sandyq.basics.figure import Figure
from sandyq.book.state import Basis, CostMethod
from sandyq.cli import forms, options, prints
from sandyq.cli.options import answer, guarded, said
from sandyq.limits.disclosure import AlertState
from sandyq.limits.orders import parse_order
from sandyq.limits.result import State, Verdict
from sandyq.reference.accounts import SLEEVE
from sandyq.workstation import tree_rows
from sandyq.workstation.consolidating import checked_book
from sandyq.workstation.contract import Issued, Question
from sandyq.workstation.extending import extends
from sandyq.workstation.people import owner_of
from sandyq.workstation.workstation import Workstation

_KNOWN_NOW = "now"


def opened(book: Path, *, actor: str, write: bool = False, key: Path | None = None) -> Workstation:
    """Open a book. With a key, its owner is the actor, and signs where the book has enrolled people."""
    name = owner_of(key) if key else actor
    station = Workstation.open(book, actor=name, write=write, passphrase=options.passphrase())
    try:
        if key is not None and station.people.enrolled:
            station.people.sign_in_with(key, options.key_passphrase(key))
    except BaseException:
        station.close()
        raise
    return station


def asked(station: Workstation, as_of: date | None, known_at: datetime | None, which: str = SLEEVE) -> Question:
    """Return the question that the options put. Raises BadInput for a book that the file does not have."""
    book = which if which == SLEEVE else checked_book(station.knowledge(known_at), which)
    return Question(as_of or station.latest_day(known_at), known_at, book)


def moment(question: Question) -> str:
    return question.known_at.astimezone(UTC).isoformat() if question.known_at else _KNOWN_NOW


@click.command()
@options.book
@click.option("--mandate", required=True, help="A mandate file (TOML), or the word example for the shipped example.")
@click.option("--fees-in-cost", is_flag=True, help="Take dealing fees and taxes into cost.")
@click.option("--lot-scope", type=click.Choice(["account", "book"]), default="account", show_default=True)
@click.option("--cost-method", type=click.Choice([m.value for m in CostMethod]), default="fifo", show_default=True)
@options.actor
@options.language
@options.as_json
@guarded
def new(book: Path, mandate: str, fees_in_cost: bool, lot_scope: str, cost_method: str, actor: str, code: str,
        as_json: bool) -> None:
    """Make a new book with a mandate and its conventions."""
    settings = {"fees_in_cost": str(fees_in_cost).lower(), "lot_scope": lot_scope, "cost_method": cost_method}
    made = Workstation.create(book, mandate=mandate, settings=settings, actor=actor, passphrase=options.passphrase())
    with made as station:
        in_force = station.mandate(Question(datetime.now(UTC).date()))
        result = {"book": str(book), "mandate": in_force.name, "version": in_force.version,
                  "example": in_force.example, "limits": len(in_force.limits)}
    if as_json:
        answer(result)
    else:
        click.echo(f"{book}: {in_force.name}, {in_force.version}, {len(in_force.limits)} "
                   + said(code).say("limits"))


@click.command("import")
@options.book
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", help="The kind of file, when its header does not tell.")
@click.option("--mapping", help="A saved mapping for a header of somebody else.")
@click.option("--dry-run", is_flag=True, help="Show counts and findings, book nothing.")
@click.option("--date-format", type=click.Choice(["ymd", "dmy", "mdy"]), help="How dates are written.")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="The decimal sign of the file.")
@click.option("--encoding", help="The file's encoding, when it cannot be told.")
@click.option("--adjusted-as-of", help="The day to which split-adjusted prices are adjusted (default: the last one).")
@click.option("--symbol", help="The symbol, for a file that does not say it.")
@click.option("--sheet", help="The sheet of a workbook (default: the first).")
@click.option("--skip-rows", type=click.IntRange(0), help="Rows above the header that are not part of the table.")
@click.option("--currency", help="The currency, for a file that does not say it.")
@click.option("--source", help="The source, for a file that does not say it.")
@options.actor
@options.signing
@options.language
@options.as_json
@guarded
def import_(book: Path, files: tuple[Path, ...], dry_run: bool, actor: str, key: Path | None, code: str,
            as_json: bool, **how: str | int | None) -> None:
    """Import files: all good rows or nothing; bad rows come back as findings. Exit code 6: a second person decides."""
    given = {name: str(value) for name, value in how.items() if value}
    with opened(book, actor=actor, write=not dry_run, key=None if dry_run else key) as station:
        mapping = given.pop("mapping", None)
        done = (station.preview if dry_run else station.accept)(files, mapping=mapping, options=given)
    if as_json:
        answer({"batches": [forms.preview(item, said(code)) for item in done], "dry_run": dry_run})
    else:
        prints.previews(done, said(code), dry=dry_run)
    if any(item.proposal for item in done):
        sys.exit(6)


@click.command()
@options.book
@click.argument("entry", type=int)
@click.option("--reason", required=True, help="Why the batch is reversed.")
@options.actor
@options.signing
@options.as_json
@guarded
def rollback(book: Path, entry: int, reason: str, actor: str, key: Path | None, as_json: bool) -> None:
    """Reverse a whole import batch; the batch stays visible in the journal."""
    with opened(book, actor=actor, write=True, key=key) as station:
        changes = station.roll_back(entry, reason)
    if as_json:
        answer({"reversed": None if changes.proposal else entry, "entry": changes.entry,
                "tables": sorted(changes.tables), "proposal": changes.proposal or None})
    else:
        click.echo(f"{entry} → {changes.proposal or changes.entry}")
    if changes.proposal:
        sys.exit(6)


@click.command()
@options.book
@options.as_of
@options.known_at
@options.which
@click.option("--cost-method", type=click.Choice([m.value for m in CostMethod]))
@click.option("--basis", type=click.Choice([b.value for b in Basis]), default="trade", show_default=True)
@options.actor
@options.language
@options.as_json
@guarded
def holdings(book: Path, as_of: date | None, known_at: datetime | None, which: str, cost_method: str | None, basis: str,
             actor: str, code: str, as_json: bool) -> None:
    """The valued book: quantities, prices with age, values in USD and KZT, lots and results."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, which)
        result = station.holdings(question, cost_method=CostMethod(cost_method) if cost_method else None,
                                  basis=Basis(basis))
        sources = {symbol: said(code).say(note) for symbol, note in station.prices.source_notes(question).items()}
    if as_json:
        answer({"book": which} | forms.holdings(result, moment(question), said(code)) | {"price_sources": sources})
    else:
        prints.holdings(result, said(code))
        for symbol, note in sources.items():
            click.echo(f"{symbol:8} {note}")


@click.command()
@options.book
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def exposure(book: Path, as_of: date | None, known_at: datetime | None, which: str, actor: str, code: str,
             as_json: bool) -> None:
    """The coins behind each holding, with the rung of evidence."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, which)
        result = station.exposure(question)
    if as_json:
        answer({"book": which} | forms.exposure(result, moment(question), said(code)))
    else:
        prints.exposure(result, said(code))


@click.command()
@options.book
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def limits(book: Path, as_of: date | None, known_at: datetime | None, which: str, actor: str, code: str,
           as_json: bool) -> None:
    """Every limit of the mandate with its state. Exit code 3 when a hard limit is breached."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, which)
        run = station.limits(question)
        meter = forms.meters(station.holdings(question), station.mandate(question))
        alerts = station.custody.disclosures(question)
    if as_json:
        answer({"book": which} | forms.limits(run, moment(question), said(code), meter)
               | {"alerts": forms.alerts(alerts, said(code))})
    else:
        prints.limits(run, said(code))
        prints.alerts([item for item in alerts if item.state in {AlertState.REACHED, AlertState.NEAR}], said(code))
    if any(result.state is State.BREACH for result in run.results):
        sys.exit(3)


@click.command()
@options.book
@click.option("--order", "orders", multiple=True, required=True,
              help='For instance "buy 10000 IBIT @ 52.10" or "sell 500 MSTR @ 350 fee 12.50"; may be repeated.')
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def check(book: Path, orders: tuple[str, ...], as_of: date | None, known_at: datetime | None, actor: str, code: str,
          as_json: bool) -> None:
    """Hold a draft basket against every limit; nothing is written. Exit code 3 when it is refused or Unknown."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at)
        result, record = station.check_recorded(question, tuple(parse_order(text) for text in orders))
    if as_json:
        answer(forms.check(result, moment(question), record, said(code)))
    else:
        prints.check(result, said(code))
    if result.verdict in {Verdict.REFUSED, Verdict.UNKNOWN}:
        sys.exit(3)  # a script that trades on exit code 0 must not trade on what cannot be judged
    if result.verdict is Verdict.ACKNOWLEDGE:
        sys.exit(6)


@click.command()
@options.book
@click.argument("figure", required=False, default="")
@click.option("--list", "listed", is_flag=True, help="List the key of every figure that can be explained.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the tree as .csv, .xlsx or .json.")
@options.as_of
@options.known_at
@options.which
@options.actor
@options.language
@options.as_json
@guarded
def explain(book: Path, figure: str, listed: bool, out: Path | None, as_of: date | None, known_at: datetime | None,
            which: str, actor: str, code: str, as_json: bool) -> None:
    """The tree of inputs of a figure (holdings/IBIT/market_value_usd, limits/L02/value) down to file and line."""
    with opened(book, actor=actor) as station:
        question = asked(station, as_of, known_at, which)
        if listed:
            _list_keys(station.explain_keys(question), figure, as_json=as_json)
            return
        if out is not None and tree_rows.checked(out).suffix != ".json":
            _written(tree_rows.issue_tree(station, question, figure, out, said(code)), as_json=as_json)
            return
        tree = station.explain(question, figure)
        sources = {key: station.source(*key) for key in origins(tree)}
    places: dict[tuple[int, int], dict[str, Any]] = {
        key: {"entry": s.entry, "file": s.file, "line": s.line, "actor": s.actor,
              "known_at": s.known_at.isoformat(), "sha256": s.sha256} for key, s in sources.items()}
    if out is not None:
        content = json.dumps(forms.figure(tree, said(code), places), ensure_ascii=False, indent=2).encode()
        _written(tree_rows.put(out, content), as_json=as_json)
    elif as_json:
        answer(forms.figure(tree, said(code), places))
    else:
        prints.figure(tree, said(code), {
            key: f"{s.file}:{s.line}, {s.actor}, {s.known_at:%d.%m.%Y %H:%M}" for key, s in sources.items()})


def _list_keys(keys: tuple[str, ...], begin: str, *, as_json: bool) -> None:
    found = [key for key in keys if key.startswith(begin)]
    if as_json:
        answer({"keys": found})
    else:
        for key in found:
            click.echo(key)


def _written(file: Issued, *, as_json: bool) -> None:
    if as_json:
        answer({"files": [forms.issued(file)]})
    else:
        click.echo(f"{file.sha256}  {file.path}")


def origins(node: Figure) -> set[tuple[int, int]]:
    """Every origin in a tree of figures."""
    own = {(node.origin.entry, node.origin.line)} if node.origin else set()
    return own.union(*(origins(part) for part in node.parts))


@click.command()
@options.book
@click.argument("kind", default="limit-sheet")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), show_default="here")
@options.as_of
@options.known_at
@options.actor
@options.language
@options.as_json
@guarded
def report(book: Path, kind: str, out: Path, as_of: date | None, known_at: datetime | None, actor: str, code: str,
           as_json: bool) -> None:
    """Write a report (limit-sheet) as PDF, XLSX and CSV, and print the hashes."""
    with opened(book, actor=actor) as station:
        files = station.report(asked(station, as_of, known_at), kind, out, code)
    if as_json:
        answer({"files": [forms.issued(item) for item in files]})
    else:
        for item in files:
            click.echo(f"{item.sha256}  {item.path}")


@click.command()
@options.book
@click.option("--checkpoint", "--extends", "earlier", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="An exported checkpoint, or an earlier copy of the book, that this book must extend.")
@options.actor
@options.as_json
@guarded
def verify(book: Path, earlier: Path | None, actor: str, as_json: bool) -> None:
    """Check the chain and every fact row. Exit code 4 when anything was changed; the entry is named."""
    with opened(book, actor=actor) as station:
        extended = extends(station, earlier, options.passphrase()) if earlier else None
        result = extended.verification if extended else station.verify(None)
    if as_json:
        answer({"holds": result.holds, "checkpoint_signed_by": list(extended.signed_by) if extended else [],
                "entries": result.entries, "facts": result.facts, "head": result.head, "checkpoint": result.checkpoint,
                "extends": None if extended is None else {
                    "entries_then": extended.entries_then, "entries_since": extended.since,
                    "signed": extended.signed, "renamed_from": extended.renamed_from or None},
                "damages": [{"entry": d.entry, "table": d.table, "rows": d.rows, "what": d.what}
                            for d in result.damages]})
    else:
        click.echo(f"{result.entries} entries, {result.facts} facts, head {result.head}")
        for damage in result.damages:
            click.echo(f"  entry {damage.entry}, {damage.table} {damage.rows}: {damage.what}")
        if extended:
            click.echo(f"checkpoint signed by {', '.join(extended.signed_by) or 'nobody who is enrolled'}")
            click.echo(f"{extended.since} entries since entry {extended.entries_then}")
            if extended.renamed_from:
                click.echo(f"the book was called {extended.renamed_from} then")
        click.echo("the chain holds" if result.holds else "THE CHAIN DOES NOT HOLD")
    if not result.holds:
        sys.exit(4)


@click.command()
@options.book
@options.actor
@options.known_at
@options.as_json
@guarded
def journal(book: Path, actor: str, known_at: datetime | None, as_json: bool) -> None:
    """Every entry: what was recorded, by whom, when, under which hash."""
    with opened(book, actor=actor) as station:
        entries = station.journal(Question(date.max, known_at))
    if as_json:
        answer({"entries": [{"seq": e.seq, "known_at": e.known_at.isoformat(), "actor": e.actor, "kind": e.kind,
                             "hash": e.hash, "late_clock": e.late_clock, "signature": e.signature or None,
                             "payload": dict(e.payload)}
                            for e in entries]})
        return
    for entry in entries:
        click.echo(f"{entry.seq:6} {entry.known_at:%Y-%m-%d %H:%M:%S} {entry.actor:12} {entry.kind:10} "
                   f"{entry.payload.get('file', '')} {entry.hash[:12]}")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path("sandyq-demo"))
@click.option("--no-window", is_flag=True, help="Do not open the window even if there is a screen.")
@options.actor
@options.language
@options.as_json
@guarded
def demo(folder: Path, no_window: bool, actor: str, code: str, as_json: bool) -> None:
    """Make the demo book, import, value, check the caps, print the limit sheet and write the reports."""
    from sandyq.workstation.demo.make import make

    made = make(folder, actor=actor)
    with opened(made.book, actor=actor) as station:
        question = asked(station, None, None)
        run = station.limits(question)
        files = [issued for language in ("kk", "ru", "en")
                 for issued in station.report(question, "limit-sheet", folder / "reports", language)]
        verified = station.verify(None)
        if as_json:
            answer({"book": str(made.book), "imported": [forms.preview(item, said(code)) for item in made.imported],
                    "limits": forms.limits(run, moment(question), said(code)),
                    "files": [forms.issued(item) for item in files], "holds": verified.holds, "head": verified.head})
        else:
            prints.previews(made.imported, said(code), dry=False)
            prints.holdings(station.holdings(question), said(code))
            prints.limits(run, said(code))
            click.echo(f"DEMO  {made.book}  {verified.entries} entries, chain "
                       f"{'holds' if verified.holds else 'DOES NOT HOLD'}, head {verified.head[:16]}")
            for item in files:
                click.echo(f"{item.sha256[:16]}  {item.path}")
    if not no_window and not as_json:
        start_window(made.book)


@click.command()
@click.argument("book", required=False, type=click.Path(dir_okay=False, path_type=Path))
def gui(book: Path | None) -> None:
    """Open the window."""
    sys.exit(start_window(book))


def start_window(book: Path | None) -> int:
    """Start the window in a process of its own; the service layer does not know Qt."""
    import subprocess

    command = [sys.executable, "-m", "sandyq_desktop", *([str(book)] if book else [])]
    return subprocess.call(command)  # noqa: S603 - our own module, our own argument


COMMANDS = (demo, new, import_, rollback, holdings, exposure, limits, check, explain, report, verify, journal, gui)
