"""What a reconciliation borrows of identification: a device is the same here by the rules by which it is there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


class Names(Protocol):
    """The vocabulary of makers and brands (`identify/vocabulary.py`)."""

    def brand_id(self, text: str) -> str | None:
        """The brand that a text names."""

    def makers_of(self, brand: str) -> tuple[str, ...]:
        """Who is known to make, or to have made, for a brand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowing:
    """`same_value` says whether two values of an attribute agree (`attribute, one, other`), `is_placeholder` whether an
    identifier is one that many devices carry."""

    same_value: Callable[[str, str, str], bool]
    is_placeholder: Callable[[str], bool]
    names: Names
