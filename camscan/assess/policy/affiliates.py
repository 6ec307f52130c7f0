"""Loads `affiliates.toml`: who belongs to the group of which maker."""

from datetime import date
from pathlib import Path
from typing import Any

from camscan.assess.policy.policy import Affiliate, Terms
from camscan.datafile import load_toml, need, refuse_unknown, tables, text_of
from camscan.errors import KnowledgeError

AFFILIATES = "affiliates.toml"


def load_affiliates(path: Path, terms: Terms) -> dict[str, Affiliate]:
    """`affiliates.toml`: makers and brands that belong to the group of another maker, by id."""
    document = load_toml(path)
    refuse_unknown(document, {"date", "affiliate"}, str(path))
    day = str(need(document, "date", date, str(path)))
    rows = tables(document.get("affiliate", []), f"{path}: affiliate")
    found = [_affiliate(row, day, terms, str(path)) for row in rows]
    return {one.id: one for one in found}


def _affiliate(row: dict[str, Any], day: str, terms: Terms, file: str) -> Affiliate:
    where = f"{file}: affiliate"
    refuse_unknown(row, {"id", "of", "source"}, where)
    made = Affiliate(date=day, **{key: text_of(row, key, where) for key in ("id", "of", "source")})
    if made.id not in terms.seats and made.id not in terms.brands:
        raise KnowledgeError(f"{where}: unknown maker or brand {made.id}")
    if made.of not in terms.seats:
        raise KnowledgeError(f"{where} {made.id}: unknown maker {made.of}")
    return made
