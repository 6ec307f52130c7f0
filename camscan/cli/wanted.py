"""What a scan was asked for: the command line of `scan`, read."""

from dataclasses import dataclass
from pathlib import Path

from camscan.cli.chosen import NOTHING, Chosen
from camscan.cli.failing import CHANGE
from camscan.cli.formats import Format
from camscan.cli.pace import Speed
from camscan.cli.scoping import Named
from camscan.discover.plan import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Everything that stands on the command line of `scan`."""

    named: Named
    form: Format
    output: Path | None
    replies: Path | None
    request_log: Path | None
    resume: Path | None
    fingerprints: Path | None
    engine: Engine
    challenge: bool
    speed: Speed
    quiet: bool
    fail_on: str | None
    dry_run: bool
    chosen: Chosen = NOTHING
    vantage: str | None = None
    inventory: str | None = None
    record: bool = True
    changes_only: bool = False
    deadline: float | None = None
    log: str | None = None
    notify: Path | None = None
    metrics: Path | None = None

    @property
    def comparing(self) -> tuple[str, ...]:
        """The options for which must be known what this scan changes in the inventory."""
        options = {
            "--changes-only": self.changes_only,
            f"--fail-on {CHANGE}": self.fail_on == CHANGE,
            "--notify": self.notify is not None,
        }
        return tuple(option for option, given in options.items() if given)
