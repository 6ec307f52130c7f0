"""The owner's ONVIF account, from the environment alone: the arguments of a program are seen by every user of the
machine.

Rule: the values are never shown, not even in the message that refuses them.
"""

from collections.abc import Mapping

from camscan.errors import UsageError

USER_VARIABLE = "CAMSCAN_ONVIF_USER"
PASSWORD_VARIABLE = "CAMSCAN_ONVIF_PASSWORD"  # noqa: S105  (the name of a variable)


def read_credential(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """User and password, or None where there is no account. Raises `UsageError` for half of one, and for what cannot
    stand in a message to a device: control characters, and bytes that are no text in this locale."""
    user, password = environment.get(USER_VARIABLE, ""), environment.get(PASSWORD_VARIABLE, "")
    if bool(user) != bool(password):
        raise UsageError(f"{USER_VARIABLE} and {PASSWORD_VARIABLE} are set together or not at all")
    for name, value in ((USER_VARIABLE, user), (PASSWORD_VARIABLE, password)):
        if not value.isprintable():
            raise UsageError(f"{name} holds a control character or a byte that is not text")
    return (user, password) if user else None
