"""JSON: the whole document, or JSON Lines with one device a line, each of the shape of `devices[]`.

Only ASCII is written, so that neither an old terminal nor a wrong encoding can change what a reader gets.
"""

import json
from typing import Any

from camscan.model import ScanResult
from camscan.report.document import device_record, in_order


def as_json(document: Any) -> str:
    """Plain data as indented JSON with a line end."""
    return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def as_jsonl(result: ScanResult) -> str:
    """One device a line, in numeric order of address; empty where nothing was found."""
    records = (device_record(device).model_dump(mode="json") for device in in_order(result.devices))
    return "".join(json.dumps(record, ensure_ascii=True, allow_nan=False) + "\n" for record in records)
