"""PDF/A-2b through the typesetter: our fonts only, no packages, the creation date pinned to the data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from sandyq.basics.errors import SandyqError
from sandyq.basics.text import N_
from sandyq.reports.glyphs import printable
from sandyq_resources import path

if TYPE_CHECKING:
    import typst

SUFFIX = "pdf"


def write(template: str, data: Mapping[str, object], created: datetime) -> bytes:
    """Typeset ``reports/<template>.typ`` with `data` (JSON in ``sys.inputs.data``) and return the PDF.

    A letter that our font lacks is printed as its code (``[U+65E5]``). `created` needs a zone; it is the only date
    in the file, so that the same data gives the same bytes. Raises SandyqError when the typesetter refuses the page:
    that is a fault of the template, not of the data.
    """
    import typst

    inputs = {"data": json.dumps(printable(data), ensure_ascii=False, sort_keys=True)}
    try:
        made, warnings = _compiler(template).compile_with_warnings(
            format="pdf", sys_inputs=inputs, pdf_standards=["a-2b"], timestamp=created.replace(microsecond=0))
    except typst.TypstError as error:
        raise SandyqError("report-not-typeset", N_("The page could not be typeset: {reason}", reason=error.message),
                          where=f"{template}.typ") from error
    if warnings:
        raise SandyqError("report-not-typeset",
                          N_("The page could not be typeset: {reason}", reason=warnings[0].message),
                          where=f"{template}.typ")
    assert isinstance(made, bytes)
    return made


@cache
def _compiler(template: str) -> typst.Compiler:
    # Without system and built-in fonts a missing glyph cannot be replaced by whatever a machine happens to have.
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[path("fonts")])
    folder = path("reports")
    # The package folders lie inside our own resources and are empty: nothing can be loaded or fetched.
    return typst.Compiler(input=folder / f"{template}.typ", root=folder, font_paths=fonts, ignore_system_fonts=True,
                          package_path=folder / "packages", package_cache_path=folder / "packages")
