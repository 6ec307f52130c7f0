"""Devices of which every number differs from the others, and the pages of the templates made of them."""

import re
from dataclasses import replace
from datetime import date
from functools import cache

from camscan.answer import Answers
from camscan.assess.answers.answers import answers
from camscan.assess.overview.overview import overview
from camscan.cli.report import Template
from camscan.dossier import Dossier, Overview
from camscan.model import Capability
from camscan.place import Location
from camscan.register import Listed
from camscan.removal import Said
from camscan.report.html.report import FULL, as_report_page
from tests import inventory_rig as rig
from tests.dossier_rig import dossier, unit

ALL = [one.value for one in Template]
OTHERS = [name for name in ALL if name != FULL]
HALL = Location(district="Centre", site="Town hall")
FIRST = 1_795_000_000.0


def known() -> Dossier:
    """21 devices at a site and at none, and two that are gone; every number differs from the others."""
    sheets = [
        replace(
            unit(
                n,
                vendor="hikvision" if n % 3 else "dahua",
                brand="annke" if n % 4 == 0 else None if n % 7 == 0 else "hikvision" if n % 3 else "dahua",
                model=f"M{n % 3}" if n % 6 else None,
                kind="recorder" if n == 11 else "camera",
                serial=f"SERIAL{n:04}",
                mac=f"44:19:b6:00:00:{n:02x}",
                site="Town hall" if n < 9 else None,
                firmware="V5.4.5",
                build="build 160530",
                capabilities=(Capability(id="ptz", state="observed", enabled=None, evidence=()),) if n % 5 == 0 else (),
                findings=(rig.finding(), rig.finding("cloud-enabled", severity="medium")) if n % 8 == 0 else (),
                advisories=(rig.advisory(),) if n % 9 == 0 else (rig.advisory(verdict="cannot-say"),) if n == 4 else (),
                first_seen=FIRST,
                last_seen=FIRST,
            ),
            where=HALL if n < 9 else Location(),
        )
        for n in range(1, 22)
    ]
    gone = [
        Listed(id=str(n), values={"vendor": "dahua", "address": f"10.9.9.{n}", "serial": f"GONE{n}"}, first_seen=1,
               last_seen=2, gone=3)
        for n in (1, 2)
    ]  # fmt: skip
    return dossier(*sheets, gone=tuple(gone), said={HALL: Said(sensitive=True, remove_by=date(2027, 1, 1))})


@cache
def worked_out() -> tuple[Dossier, Overview, Answers]:
    made = known()
    found = overview(made)
    return made, found, answers(made, found)


def rendered(template: str, of: Dossier | None = None, in_language: str = "en", title: str | None = None) -> str:
    made = known() if of is None else of
    found = overview(made)
    pieces = as_report_page(made, found, answers(made, found), title, in_language, template)
    return re.sub(r"\s+", " ", "".join(pieces))


@cache
def page(template: str) -> str:
    return rendered(template)


def seen(text: str) -> str:
    """What a reader sees: no tags, no style."""
    body = text.partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def tile(text: str, label: str) -> str:
    found = re.search(rf"<b[^>]*>([^<]*)</b> {re.escape(label)}", text)
    assert found is not None, label
    return found.group(1)
