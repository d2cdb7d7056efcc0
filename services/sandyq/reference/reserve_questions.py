"""The questions of a reserve-asset worksheet (F096), after the definition of official reserve assets in BPM6.

A worksheet concludes that an instrument is a reserve asset only where every answer is yes.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sandyq.basics.text import N_


class Answer(StrEnum):
    YES = "yes"
    NO = "no"


class Conclusion(StrEnum):
    RESERVE_ASSET = "reserve_asset"
    NOT_RESERVE_ASSET = "not_reserve_asset"


QUESTIONS: Final = MappingProxyType({
    "liquid": N_("Can it be sold at short notice without moving its price much?"),
    "currency": N_("Is it denominated and settled in a convertible foreign currency?"),
    "non_resident": N_("Is it a claim on a non-resident?"),
    "control": N_("Is it under the effective control of the central bank?"),
    "available": N_("Is it readily available, with no pledge, loan or lock-up?"),
    "quality": N_("Is its quality high enough for reserves by the mandate's own measure?"),
})
TOPICS: Final = MappingProxyType({
    "liquid": N_("Liquid"), "currency": N_("Convertible currency"), "non_resident": N_("Claim on a non-resident"),
    "control": N_("Under our control"), "available": N_("Readily available"), "quality": N_("Quality"),
})
"""The questions in a word or two, for narrow places."""
ANSWER_WORDS: Final = MappingProxyType({Answer.YES: N_("Yes"), Answer.NO: N_("No")})
CONCLUSION_WORDS: Final = MappingProxyType({
    Conclusion.RESERVE_ASSET: N_("Counts as a reserve asset"),
    Conclusion.NOT_RESERVE_ASSET: N_("Does not count as a reserve asset"),
})
