"""The gate before a workbook: its archive is checked byte by byte before any other reader sees it.

Everything that readers of archives are known to disagree about is refused: lying sizes, entries that overlap, doubled
names, data in front of or behind the archive, links, nested archives.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text

TOTAL_LIMIT: Final = 200 * 1024 * 1024
ENTRY_LIMIT: Final = 2000
RATIO_LIMIT: Final = 100
_SMALL: Final = 64 * 1024
"""Entries up to this size may shrink by any ratio: an empty drawing is a hundred bytes of a thousand blanks."""
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_BLOCK: Final = 64 * 1024
_NESTED: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xd0\xcf\x11\xe0",
                  b"BZh", b"\xfd7zXZ")
_ODD_NAME: Final = re.compile(r"(^|/)\.\.(/|$)|^/|\\|:|[\x00-\x1f]")
_DEVICE: Final = re.compile(r"(^|/)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|/|$)", re.IGNORECASE)
_UTF8_NAMES: Final = 0x800
_ENCRYPTED: Final = 0x41


def entries(data: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of every entry of an archive, one at a time. Raises BadInput for anything suspicious.

    Call it to its end before the archive is given to another reader.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            if archive.comment:
                raise _refused(where, N_("The workbook has data behind its archive."))
    except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, UnicodeError, OSError):
        raise _refused(where, N_("The archive of the workbook is damaged.")) from None
    _check_list(listed, where)
    for entry, start in zip(listed, _starts(data, listed, where), strict=True):
        if not entry.is_dir():
            yield entry.filename, _content(data, entry, start, where)


def _refused(where: str, what: Text) -> BadInput:
    return BadInput("archive-refused", what, where=where,
                    remedy=N_("Save the table again as XLSX or as CSV, and import that file."))


def _check_list(listed: list[zipfile.ZipInfo], where: str) -> None:
    """Refuse by what the archive says about itself; what it says is held against the content later."""
    if len(listed) > ENTRY_LIMIT:
        raise _refused(where, N_("The archive of the workbook has more than {limit} entries.", limit=ENTRY_LIMIT))
    if not listed or min(entry.header_offset for entry in listed) != 0:
        raise _refused(where, N_("The workbook has data in front of its archive."))
    seen: set[str] = set()
    for entry in listed:
        name = entry.orig_filename
        if _ODD_NAME.search(name) or _DEVICE.search(name):
            raise _refused(where, N_("The archive of the workbook has a name that leads outside it: {name}.",
                                     name=ascii(name)[:80]))
        if name.lower() in seen:
            raise _refused(where, N_("The archive of the workbook has two entries named {name}.", name=name[:80]))
        seen.add(name.lower())
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused(where, N_("The archive of the workbook has a link: {name}.", name=name[:80]))
        if entry.flag_bits & _ENCRYPTED:
            raise _refused(where, N_("The workbook is protected by a passphrase."))
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _refused(where, N_("The archive of the workbook is packed in a way that is not read."))
    total, packed = sum(entry.file_size for entry in listed), sum(entry.compress_size for entry in listed)
    if total > TOTAL_LIMIT:
        raise _refused(where, N_("The workbook unpacks to more than {limit} MB.", limit=TOTAL_LIMIT // 1024 ** 2))
    if any(_too_dense(entry.file_size, entry.compress_size) for entry in listed) or _too_dense(total, packed):
        raise _refused(where, N_("The workbook unpacks to more than {limit} times its size.", limit=RATIO_LIMIT))


def _too_dense(size: int, packed: int) -> bool:
    return size > _SMALL and size > packed * RATIO_LIMIT


def _starts(data: bytes, listed: list[zipfile.ZipInfo], where: str) -> list[int]:
    """Return where each entry's data begins; refuse entries that overlap or whose own header says something else."""
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    for entry in listed:
        head = data[entry.header_offset:entry.header_offset + _LOCAL.size]
        if len(head) < _LOCAL.size:
            raise _refused(where, N_("The archive of the workbook is damaged."))
        magic, _, flags, method, _, _, _, _, _, name_length, extra_length = _LOCAL.unpack(head)
        begin = entry.header_offset + _LOCAL.size
        name = data[begin:begin + name_length]
        if (magic != b"PK\x03\x04" or method != entry.compress_type or flags & _ENCRYPTED
                or name.decode("utf-8" if flags & _UTF8_NAMES else "cp437", "replace") != entry.orig_filename):
            raise _refused(where, N_("The archive of the workbook contradicts itself."))
        start = begin + name_length + extra_length
        starts.append(start)
        spans.append((entry.header_offset, start + entry.compress_size))
    spans.sort()
    if any(end > begin for (_, end), (begin, _) in pairwise(spans)) or spans[-1][1] > len(data):
        raise _refused(where, N_("The archive of the workbook has entries that overlap."))
    return starts


def _content(data: bytes, entry: zipfile.ZipInfo, start: int, where: str) -> bytes:
    """Unpack one entry while counting; its size and checksum must be those that the archive promised."""
    packed = data[start:start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        content = packed
    else:
        parts: list[bytes] = []
        unpacker, total = zlib.decompressobj(-zlib.MAX_WBITS), 0
        try:
            while total <= entry.file_size and not unpacker.eof and (packed or not parts):
                part = unpacker.decompress(packed, _BLOCK)
                if not part and not unpacker.unconsumed_tail:
                    break
                parts.append(part)
                total += len(part)
                packed = unpacker.unconsumed_tail
        except zlib.error:
            raise _refused(where, N_("The archive of the workbook is damaged.")) from None
        if not unpacker.eof and total <= entry.file_size:
            parts.append(unpacker.flush(1))
        content = b"".join(parts)
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise _refused(where, N_("The archive of the workbook contradicts itself."))
    if content.startswith(_NESTED):
        raise _refused(where, N_("The workbook has another archive inside: {name}.", name=entry.filename[:80]))
    return content
