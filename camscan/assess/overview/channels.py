"""How many channels for network cameras a recorder announces in its maker's discovery."""

from camscan.model import Observation

PROTOCOLS = ("sadp", "dhdiscover")
_FIELDS = ("digital_channels", "remote_video_inputs")
MOST = 1024  # channels; the largest recorders of both makers have 256, and a reply may say anything


def announced(seen: Observation) -> int | None:
    """The number, None where the reply does not tell one that can be true."""
    told = (value for name in _FIELDS for value in seen.fields.get(name, ()))
    numbers = [int(value) for value in told if value.isascii() and value.isdecimal() and len(value) <= len(str(MOST))]
    return max((number for number in numbers if number <= MOST), default=None)
