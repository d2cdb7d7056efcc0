"""Documents: files that are read as a whole (messages, XML, TOML), each turned into facts by its format."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from sandyq.basics.errors import BadInput
from sandyq.basics.text import N_, Text
from sandyq.packs.options import ReadOptions
from sandyq.packs.report import Report

ELEMENT_LIMIT: Final = 1_000_000
DEPTH_LIMIT: Final = 60
_PROLOGUE: Final = re.compile(r"\s*<\?xml[^>]{0,300}\?>")
_ROOT: Final = re.compile(r"\s*(?:<\?[^>]{0,300}\?>\s*|<!--.{0,2000}?-->\s*)*<(?:[\w.-]{1,40}:)?([\w.-]{1,60})[\s/>]",
                          re.DOTALL)


@dataclass(slots=True)
class Document:
    """A file as one text. `hints` (line → mic, isin, settle) help to find the instrument of a transaction."""

    text: str = field(repr=False)
    report: Report
    options: ReadOptions = field(default_factory=ReadOptions)
    hints: dict[int, dict[str, str]] = field(default_factory=dict)


def root_name(text: str) -> str:
    """Return the local name of an XML document's first element, empty when it is not one."""
    found = _ROOT.match(text[:4096].lstrip("\ufeff"))
    return found[1] if found else ""


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def elements(document: Document, wanted: Collection[str] = ()) -> Iterator[tuple[int, tuple[Element, ...], Element]]:
    """Yield (number of the element in the document, the elements around it, element) of some kinds.

    An element is yielded once it is complete and is emptied afterwards. `wanted` empty: every element, its attributes
    only. Raises BadInput for what is not XML, for entities, document types and elements without end.
    """
    body = _PROLOGUE.sub("", document.text.lstrip("\ufeff"), count=1).encode("utf-8", "surrogatepass")
    above: list[tuple[Element, int]] = []
    count = inside = 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(body), events=("start", "end"), forbid_dtd=True):
            name = local(element)
            if event == "start":
                count += 1
                if count > ELEMENT_LIMIT or len(above) >= DEPTH_LIMIT:
                    raise _bad(document, N_("The XML document has too many elements."))
                above.append((element, count))
                inside += name in wanted
                continue
            _, number = above.pop()
            inside -= name in wanted
            if name in wanted or not wanted:
                yield number, tuple(outer for outer, _ in above), element
            if not inside:
                element.clear()
    except DefusedXmlException:
        raise _bad(document, N_("The XML document has a document type or entities; it is not opened.")) from None
    except ElementTree.ParseError as error:
        raise _bad(document, N_("The XML document is broken in line {line}.", line=error.position[0])) from None
    except (ValueError, LookupError):
        raise _bad(document, N_("The XML document is broken.")) from None


def _bad(document: Document, what: Text) -> BadInput:
    return BadInput("bad-xml", what, where=document.report.file, remedy=N_("Export the file again."))
