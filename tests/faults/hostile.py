"""R10: hostile files for every reader: no crash, at most 5 s and 512 MB each, nothing half imported.

Files are made from the samples of the tests, from the beginnings of real files where they are at hand, and from one
small file of each kind; they are changed by bytes, cells, lines, encodings and inside of archives. Only a refusal of
ours or a reading whose counts add up is right. Every two hundredth file is imported into a real book as well.
"""

from __future__ import annotations

import io
import random
import resource
import shutil
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import children
import spoiled_books as books
from outcome import Outcome, Run

from sandyq.basics.errors import BadInput, SandyqError
from sandyq.packs.reading import ReadOptions, kinds, read_file
from sandyq.reference.facts import TABLES
from sandyq.workstation.workstation import Workstation

TESTS = Path(__file__).resolve().parents[1]
SHARED = TESTS.parents[1] / "shared" / "data"
LIMIT_SECONDS = 5.0
LIMIT_BYTES = 512 * 1024 * 1024
CHUNK = 250
HEADERS = (
    b"date,symbol,close,currency\n", b"date;asset;close_usd\n", b"date\tbase\tquote\trate\n", b"month,usd_kzt\n",
    b"trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference\n",
    b"symbol,name,kind,underlying,issuer,mic,fee_pct,currency,isin\n",
    b"filing_date,symbol,asset,coins,cost_usd,avg_price_usd,cumulative_coins\n",
    b"date,symbol,asset,coins,shares_outstanding,coins_per_share,nav\n",
    b":16R:GENL\n:28E:1/ONLY\n:13A::STAT//001\n:20C::SEME//1\n:23G:NEWM\n:98A::STAT//20260630\n",
    b'<?xml version="1.0"?><FlexQueryResponse queryName="a" type="AF"><FlexStatements count="1">',
    b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:semt.002.001.11"><SctiesBalCtdyRpt>',
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
)
CELLS = (b"2026-03-03", b"03.03.2026", b"3/4/2026", b"IBIT", b"BTC", b"USD", b"51.2", b"51,2", b"1,234", b"-1", b"1e9",
         b"1e999999", b"NaN", b"inf", b"", b'"', b'"x', b"=1+1", b"buy", b"\xd0\x90", b"\xe2\x80\xaf", b"9" * 40,
         b"0", b"XNAS", b"%", b"1M", b"\r", b"2026-13-01", b"0000-00-00", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
         b"<!--", b"&a;", b"]]>", b"../../etc", b"\xd9\xa1\xd9\xa2", b"1" * 5_000, b"-0", b"0x10", b"1_000")
NAMES = ("f.csv", "f.txt", "f.toml", "f.json", "f.xlsx", "f.xml", "f.tsv", "f.fin", "f.mt535", "f")


def seeds() -> list[tuple[str, bytes]]:
    """Return what hostile files are made from: (suffix, content)."""
    found = [(file.suffix, file.read_bytes()[:60_000] if file.suffix != ".xlsx" else file.read_bytes())
             for file in sorted((TESTS / "packs").rglob("samples/*")) if file.is_file()]
    if SHARED.exists():
        files = [*SHARED.glob("*.csv"), *(file for file in SHARED.rglob("raw_examples/*") if file.is_file())]
        found += [(file.suffix, _beginning(file)) for file in sorted(files)]
    found += [(".csv", header) for header in HEADERS]
    found += [(".csv", text.encode()) for text in (books.INSTRUMENTS, books.bookings_text(6), books.coins_text(5),
                                                   books.prices_text(books.LAST_DAY, 3))]
    found.append((".xlsx", _workbook()))
    return found


def _beginning(file: Path) -> bytes:
    with file.open("rb") as stream:
        content = stream.read(3_000)
    return content[:content.rfind(b"\n") + 1] or content


def _workbook() -> bytes:
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": books.START.replace(tzinfo=None)})
        sheet = workbook.add_worksheet("prices")
        for number, line in enumerate(books.prices_text(books.LAST_DAY, 3).splitlines()):
            sheet.write_row(number, 0, line.split(","))
    return made.getvalue()


def hostile_files(chance: random.Random, sources: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    while True:
        suffix, content = chance.choice(sources)
        name = f"f{suffix}" if chance.random() < 0.8 else chance.choice(NAMES)
        if content[:2] == b"PK" and chance.random() < 0.8:
            yield name, _inside(content, chance)
            continue
        yield name, _changed(content, chance, sources)


def _inside(content: bytes, chance: random.Random) -> bytes:
    """Change one file inside of an archive, so that the change reaches the reader behind the archive's own checks."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            inner = old.read(name)
            if name != victim:
                new.writestr(name, inner)
                continue
            way = chance.random()
            if way < 0.1:
                continue
            if way < 0.15:
                inner = inner[:len(inner) // 2] + b"<c>" * chance.choice((10, 1_000, 300_000))
            elif way < 0.2:
                name = chance.choice(("../" + name, "/" + name, name * 3, "C:\\" + name))
            elif way < 0.22:
                inner = bytes(chance.choice((1_000_000, 30_000_000)))
            new.writestr(name, _changed(inner, chance, []))
    return made.getvalue()


def _changed(content: bytes, chance: random.Random, sources: list[tuple[str, bytes]]) -> bytes:
    made = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        place = chance.randint(0, len(made))
        way = chance.randrange(13)
        if way == 0 and made:
            made[place % len(made)] = chance.randrange(256)
        elif way == 1:
            made[place:place] = chance.randbytes(chance.randint(1, 6))
        elif way == 2:
            del made[place:place + chance.choice((1, 2, 20, 400))]
        elif way in (3, 4, 5):
            _cell(made, chance)
        elif way == 6:
            lines = bytes(made).split(b"\n")
            chance.shuffle(lines)
            made = bytearray(b"\n".join(lines))
        elif way == 7:
            lines = bytes(made).split(b"\n")
            lines.insert(chance.randint(0, len(lines)), chance.choice(lines))
            made = bytearray(b"\n".join(lines))
        elif way == 8 and sources:
            other = chance.choice(sources)[1]
            made[place:place] = other[:chance.randint(0, min(len(other), 2_000))]
        elif way == 9 and chance.random() < 0.1:
            end = min(len(made), place + chance.choice((1, 30, 300)))
            made[place:end] = bytes(made[place:end]) * chance.choice((50, 2_000))
            del made[4_000_000:]
        elif way == 10:
            made = bytearray(_recoded(bytes(made), chance))
        elif way == 11:
            one, two = chance.sample((b",", b";", b"\t", b"|", b".", b'"', b"\n", b" "), 2)
            made = bytearray(bytes(made).replace(one, two, chance.choice((1, -1))))
        elif way == 12:
            del made[place:]
    return bytes(made)


def _cell(made: bytearray, chance: random.Random) -> None:
    """Put a value that means trouble where a value stands."""
    marks = [place for place, byte in enumerate(made[:20_000]) if byte in b',;\t\n"<>/:']
    if not marks:
        made += chance.choice(CELLS)
        return
    at = chance.randrange(len(marks))
    end = marks[at + 1] if at + 1 < len(marks) else len(made)
    made[marks[at] + 1:end] = chance.choice(CELLS)


def _recoded(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("utf-8", errors="replace")
    coding = chance.choice(("utf-16", "utf-16-le", "utf-32", "cp1251", "latin-1", "utf-8-sig", "utf-7"))
    return text.encode(coding, errors="replace")


def read(file: Path, options: ReadOptions) -> str:
    """Read a file as the importer does; returns ``refused``, ``read`` or what is wrong."""
    try:
        reading = read_file(file, options)
        lines = set()
        for table, row in reading.rows():
            if len(row) != len(TABLES[table].columns) + 1:
                return f"wrong: a row of {len(row)} values for {table}"
            if any(value is None for column, value in zip(TABLES[table].columns, row[1:], strict=True)
                   if column in TABLES[table].required):
                return f"wrong: a required value of {table} is missing"
            lines.add(row[0])
        if len(lines) + reading.refused > reading.read:
            return f"wrong: {len(lines)} lines and {reading.refused} refused of {reading.read} read"
    except BadInput as error:
        return "refused" if error.code and str(error) else "wrong: a refusal without a sentence"
    except MemoryError:
        return "wrong: more than 512 MB"
    except Exception as error:
        return f"wrong: {type(error).__name__}: {str(error)[:200]}"
    return "read"


def _options(chance: random.Random) -> ReadOptions:
    if chance.random() < 0.6:
        return ReadOptions()
    return ReadOptions(kind=chance.choice(("", *kinds())), date_format=chance.choice(("", "dmy", "mdy", "ymd")),
                       decimal=chance.choice(("", "comma", "point")))


def _imported(book: Path, file: Path) -> str:
    """Import into a real book: all good rows of the file as one entry, or the book is as it was."""
    with Workstation.open(book, actor="Analyst 1", write=True) as station:
        before, facts = len(station.store.entries()), station.verify().facts
        try:
            taken = station.accept([file])
        except SandyqError:
            taken = ()
        found = station.verify()
        after = len(station.store.entries())
    if not found.holds:
        return "wrong: the book does not hold after an import"
    if not taken and (after, found.facts) != (before, facts):
        return "wrong: a refused file left something behind"
    if after > before + 1 or (after == before and found.facts != facts):
        return f"wrong: {after - before} entries and {found.facts - facts} facts of one file"
    return "imported" if after > before else "nothing to import"


def _chunk(run: Run, number: int, size: int, folder: Path, base: Path, say: children.Say) -> None:
    chance = run.chance("R10", number)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + LIMIT_BYTES, used + LIMIT_BYTES))
    files = hostile_files(chance, seeds())
    for place in range(size):
        name, content = next(files)
        file = folder / name
        file.write_bytes(content)
        options = _options(chance)
        signal.setitimer(signal.ITIMER_REAL, 3 * LIMIT_SECONDS)  # what hangs is killed; the parent sees where
        start = time.monotonic()
        found = read(file, options)
        seconds = time.monotonic() - start
        signal.setitimer(signal.ITIMER_REAL, 0)
        if seconds > LIMIT_SECONDS:
            found = f"wrong: {seconds:.1f} s"
        if not found.startswith("wrong") and (number * size + place) % 200 == 7:
            shutil.copyfile(base, folder / "b.sandyq")
            found = f"{found} {_imported(folder / 'b.sandyq', file)}"
        if "wrong" in found:
            kept = folder.parent / f"wrong-{number}-{place}-{name}"
            kept.write_bytes(content)
        say(f"{place} {found}")
        file.unlink()


def hostile(run: Run) -> Outcome:
    outcome = Outcome("R10", run.count)
    base = books.make(run.folder / "base", bookings=5, days=10)
    folder = run.folder / "files"
    number = 0
    while outcome.tried < run.count and not run.over:
        size = min(CHUNK, run.count - outcome.tried)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        ended = children.run(lambda say, number=number, size=size: _chunk(run, number, size, folder, base, say),
                             seconds=1_200)
        done = [line.split(" ", 1) for line in ended.said if not line.startswith("fault")]
        for place, found in done:
            if "wrong" in found:
                outcome.fail(f"seed {run.seed}, chunk {number}, file {place}: {found}")
            else:
                outcome.caught += 1
                outcome.note(found)
        outcome.tried += len(done)
        if ended.killed or ended.fault:
            outcome.tried += 1
            outcome.fail(f"seed {run.seed}, chunk {number}, file {len(done)}: {ended.fault or 'killed: it hung'}")
        number += 1
    for name, content in bombs():
        outcome.planned += 1
        file = run.folder / name
        file.write_bytes(content)
        ended = children.run(lambda say, file=file: _bomb(file, say), seconds=4 * LIMIT_SECONDS)
        outcome.tried += 1
        if ended.said[:1] == ("refused",):
            outcome.caught += 1
        else:
            outcome.fail(f"{name}: {ended.said or 'killed'}{', late' if ended.late else ''}")
    return outcome


def _bomb(file: Path, say: children.Say) -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + LIMIT_BYTES, used + LIMIT_BYTES))
    start = time.monotonic()
    found = read(file, ReadOptions())
    seconds = time.monotonic() - start
    say(found if seconds <= LIMIT_SECONDS else f"wrong: {seconds:.1f} s, {found}")


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield files that are made to exhaust a reader."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        with zipfile.ZipFile(io.BytesIO(_workbook())) as whole:
            for name in whole.namelist():
                if "sheet1" not in name:
                    archive.writestr(name, whole.read(name))
        rows = b"<row><c><v>1</v></c></row>" * 9_000_000
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>" + rows)
    yield "bomb.xlsx", made.getvalue()
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("inner.zip", made.getvalue())
    yield "nested.xlsx", nested.getvalue()
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    for name, said in (("laughs.xml", f'<!ENTITY a0 "ha">{entities}<!ENTITY a "&a11;">'),
                       ("outside.xml", '<!ENTITY a SYSTEM "file:///etc/passwd">')):
        yield name, f"<!DOCTYPE x [{said}]><FlexQueryResponse>&a;</FlexQueryResponse>".encode()
    yield "deep.xml", b"<FlexQueryResponse>" + b"<a>" * 500_000
    yield "deep.toml", b"a = " + b"[" * 100_000
    yield "endless.csv", b"date,symbol,close,currency\n" + b"a," * 700_000
    yield "quotation.csv", b"date,symbol,close,currency\n" + b'"a\n,' * 400_000
