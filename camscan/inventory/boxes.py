"""What answers for many addresses: a box that is none of the devices it may look like, and so is counted with none."""

from sqlalchemy import Select, func, select

from camscan.inventory.facts import MIDDLEBOX
from camscan.inventory.tables import attribute


def boxes() -> Select[tuple[int]]:
    """The records of such boxes. In small letters, as the index has them."""
    columns = attribute.c
    held = select(columns.device).where(columns.name == "kind", columns.until.is_(None))
    return held.where(func.lower(columns.value) == MIDDLEBOX)
