"""The owner's ONVIF credential: once a device, dated by the device's own clock, and never towards one whose clock is
wrong by more than a day, because a digest dated for elsewhere could be kept and used there.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from camscan.probe import TURN_SECONDS, Endpoint
from camscan.protocols import http_message, onvif
from camscan.reply import Fields, Outcome
from camscan.transport import soap
from camscan.transport.wire import Wire

CLOCK_SLACK = 24 * 3600.0  # seconds; a clock further off is wrong, or the device wants a login dated for elsewhere

CREDENTIAL = "credential"

Fate = Literal["taken", "refused", "silent", "withheld"]
"""What became of the credential: it was taken, refused, not answered, or not sent because of the device's clock."""


async def unwatched(what: str) -> None:
    """For a host of which no journal is kept."""


@dataclass(slots=True)
class Login:
    """The one login at one device. `clock` is the device's, in seconds since the epoch, once it has told it; `once` is
    awaited before the credential leaves."""

    credential: tuple[str, str] | None
    clock: float | None = None
    fate: Fate | None = None
    once: Callable[[str], Awaitable[None]] = unwatched

    def note(self, fields: Fields) -> None:
        """Remember the device's clock, if this ONVIF reply tells it."""
        seconds = onvif.utc_seconds(fields)
        self.clock = seconds if seconds is not None else self.clock

    async def ask(self, wire: Wire, endpoint: Endpoint) -> bytes:
        """The HTTP response of the device; empty where there is none, or nothing was to be asked.

        What it says decides `fate`: the caller calls `judge` with the fields.
        """
        if self.credential is None or self.clock is None or self.fate is not None:
            return b""
        if abs(self.clock - wire.clock()) > CLOCK_SLACK:
            self.fate = "withheld"
            return b""
        self.fate = "silent"
        await self.once(CREDENTIAL)
        outcome, data = await soap.device_information(
            wire,
            endpoint,
            *self.credential,
            TURN_SECONDS,
            complete=http_message.is_complete,
            device_time=self.clock,
        )
        if outcome in (Outcome.REPLIED, Outcome.REFUSED):
            self.fate = "refused"
        return data or b""

    def judge(self, fields: Fields) -> bool:
        """Whether the credential was taken, by the fields of the response."""
        if fields.get("answer") == ("GetDeviceInformationResponse",):
            self.fate = "taken"
        return self.fate == "taken"
