"""Writes the second half of docs/policies.md: each policy that came along, under an anchor that is its id.

`python -m tests.policies_page` after a change of `fingerprints/policies/`; a test compares.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from camscan.assess.policy.listing import as_data
from camscan.assess.policy.policy import Policy
from camscan.cli.chosen import known_policies

PAGE = Path(__file__).parent.parent / "docs" / "policies.md"
COMMAND = "python -m tests.policies_page"
MARK = f"<!-- written by `{COMMAND}`; do not edit below -->\n"


def written(policies: Iterable[Policy]) -> str:
    """What stands below the mark."""
    return "".join(f"{line}\n" for policy in policies for line in _section(as_data(policy)))


def _section(row: dict[str, Any]) -> Iterator[str]:
    yield from ("", f"## {row['id']}", "", f"**{row['name']}**, {row['jurisdiction']}. {row['sentence']}", "")
    yield from ("| | |", "|---|---|")
    yield f"| since | {row['effective']} |"
    yield f"| binds | {row['binds']} |"
    yield f"| scope | {', '.join(row['scope'])} |"
    yield f"| devices | {'<br>'.join(reach['devices'] for reach in row['reach'])} |"
    yield f"| affiliates | {row['affiliates']} |"
    if row["conditions"]:
        yield f"| site | {'<br>'.join(row['conditions'])} |"
    yield from (f"| {name} | {row[name]} |" for name in ("limit", "note") if row[name])
    yield f"| citation | {row['citation']} |"
    yield f"| sources | {'<br>'.join(row['sources'])} |"
    yield f"| looked at | {row['date']}, confidence {row['confidence']} |"
    yield ""
    yield from (f"- {step['on']}: {step['what']}" for step in row["steps"])


if __name__ == "__main__":
    head = PAGE.read_text(encoding="utf-8").split(MARK)[0]
    PAGE.write_text(head + MARK + written(known_policies(None).values()), encoding="utf-8")
