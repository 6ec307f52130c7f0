"""Runs one program and writes what it took: `python -I -S launch.py FILE SECONDS COMMAND…`.

The kernel counts the memory of a process from before its program was loaded, so whoever starts it must be small: this
file imports next to nothing (9 MB). FILE gets seconds of wall clock and CPU, peak in kB, and the exit code.
"""

import os
import signal
import sys
import time


def main(file: str, seconds: str, *command: str) -> None:
    started = time.monotonic()
    child = os.posix_spawnp(command[0], command, os.environ)
    signal.signal(signal.SIGALRM, lambda number, frame: os.kill(child, signal.SIGKILL))
    signal.alarm(int(seconds))
    _, status, usage = os.wait4(child, 0)
    took = (time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
    with open(file, "w") as report:  # noqa: PTH123 - pathlib is large
        print(*took, os.waitstatus_to_exitcode(status), file=report)


if __name__ == "__main__":
    main(*sys.argv[1:])
