"""Writes docs/exposures.md from `fingerprints/exposures.toml`, so that what is read is what is reported.

`python -m tests.exposure_page` after a change of it; a test compares.
"""

from collections.abc import Iterator
from pathlib import Path

from camscan.assess.exposure.exposures import Exposure
from camscan.assess.exposure.file import load_exposures
from camscan.cli.known import words_of
from camscan.datafile import default_directory
from camscan.identify.vocabulary import load_vocabulary

PAGE = Path(__file__).parent.parent / "docs" / "exposures.md"
WORDS = words_of(load_vocabulary(default_directory() / "vendors.toml"))
COMMAND = "python -m tests.exposure_page"

_HEAD = f"""\
# What devices lay open

Written by `{COMMAND}` from `fingerprints/exposures.toml`; do not edit it.

Each exposure is a finding of a Hikvision or Dahua device, or of another maker's camera, recorder, intercom, access
terminal, encoder or alarm panel. The heading is the `id` of the finding in the JSON. A finding is in one of two states:

- `found`, with evidence (where it was seen and what was said) and a confidence;
- `cannot-say`, with the reason: the question could not be settled, for instance because a recording does not tell
  whether a login was sent. It is no all-clear, and no finding either: `--fail-on` does not count it.

Where there is no row the device was looked at and does not lay this open, as far as a scan that only asks can see. Of a
recording much cannot be said, because it does not tell what else was asked.
Severity is what the exposure means by itself on an inner network: from here nobody can tell which firewalls there are.
`camscan explain ADDRESS` shows each finding of one device. The table of a scan has a part *What to do first*: what is
known to be exploited (CISA KEV), then by severity, then by the number of devices it concerns. There is no score.

Most of them rest on what identification asks anyway. What is asked for them alone (ONVIF's interfaces and profiles, the
SNMP engine, a gateway's port mappings, three ports) stands in the same table of questions, and nothing is tried: no
login, no password, no stream, no setting ([what-camscan-sends.md](what-camscan-sends.md)).
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(line for one in load_exposures(default_directory(), WORDS) for line in _paragraph(one))])


def _paragraph(exposure: Exposure) -> Iterator[str]:
    yield f"### {exposure.id}"
    yield ""
    yield f"**{exposure.title}.** Severity: {exposure.severity}."
    yield ""
    yield f"{exposure.why}"
    yield ""
    yield f"- Seen: {exposure.seen}"
    yield f"- What to do: {exposure.remedy}"
    yield f"- Source: {exposure.source} ({exposure.date})"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
