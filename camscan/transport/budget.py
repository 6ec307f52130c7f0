"""What one dialogue may cost, and how long a slow device is left in peace between two turns."""

from collections.abc import Callable

DIALOGUE_SECONDS = 60.0  # about ten turns of a slow device; one that needs longer is holding us
DIALOGUE_BYTES = 4 << 20  # sixteen replies of the largest size
TURNS_LIMIT = 64  # turns of one dialogue: the longest asks a dozen pages
SLOW_SECONDS = 1.0  # an answer that took longer shows a device under load
REST_LIMIT = 3.0  # seconds; the longest rest before the next turn


class Budget:
    """Seconds, bytes and turns left of a dialogue that begins now.

    `clock` is monotonic seconds, `left` what the host may take at all.
    """

    def __init__(self, clock: Callable[[], float], left: float = DIALOGUE_SECONDS) -> None:
        self._clock = clock
        self._end = clock() + min(DIALOGUE_SECONDS, left)
        self._bytes = DIALOGUE_BYTES
        self._turns = TURNS_LIMIT
        self.rest = 0.0

    @property
    def seconds(self) -> float:
        """What is left of its time."""
        return self._end - self._clock()

    @property
    def is_spent(self) -> bool:
        """Whether it must end."""
        return self._bytes <= 0 or self._turns <= 0 or self.seconds <= 0

    def spend(self, size: int, took: float) -> None:
        """Accounts for one turn. `rest` is then as long as the answer took, if that was long."""
        self._bytes -= size
        self._turns -= 1
        self.rest = min(took, REST_LIMIT) if took > SLOW_SECONDS else 0.0
