"""Who is at the keyboard, for what is written down by hand."""

import getpass
import os

UNKNOWN = "unknown"


def this_user() -> str:
    """The name of the user who called, also through sudo."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in a container
        return UNKNOWN
