"""How many devices are there, and how many are gone. What answers for many addresses is none."""

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from camscan.inventory.boxes import boxes
from camscan.inventory.groups import ROOT
from camscan.inventory.tables import attribute, device
from camscan.register import PRESENCE


def count_devices(connection: Connection) -> tuple[int, int]:
    """Those that are there, and those that were looked for in vain."""
    columns = attribute.c
    known = select(func.count()).select_from(device).where(device.c.merged_into.is_(None))
    known = known.where(device.c.number.not_in(boxes()))
    there = select(func.count(ROOT.distinct())).select_from(device).join(attribute, device.c.number == columns.device)
    there = there.where(columns.name == PRESENCE, columns.until.is_(None), ROOT.not_in(boxes()))
    total, present = connection.execute(known).scalar() or 0, connection.execute(there).scalar() or 0
    return present, total - present
