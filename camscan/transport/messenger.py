"""Messages to the owner's own people, by apprise: e-mail, a webhook, syslog of another machine and many more.

Rule: where a message goes stands in a file of the owner's and nowhere else. No reply, redirect or name of a device has
a say in it, and nothing is asked of anybody: these are the only packets that leave for another place than the scope.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from camscan.errors import CannotRunError

SECONDS = 30.0  # that one message may take; a mail server that greets slowly takes ten
KEY_HEADER = "Idempotency-Key"  # as in draft-ietf-httpapi-idempotency-key-header; mail carries it too
_LOGGER = "apprise"
_MISSING = "messages need apprise: pip install 'camscan[notify]'"


class Messenger:
    """Where messages go. Raises `ValueError` for an address that apprise does not know, and `CannotRunError` where
    apprise is not installed. The address may hold a password, and is in no message of any error."""

    def __init__(self, url: str) -> None:
        try:
            import apprise
        except ModuleNotFoundError:
            raise CannotRunError(_MISSING) from None
        asset = apprise.AppriseAsset(
            app_id="camscan", storage_mode="memory", service_timeout=SECONDS, http_redirects=False, async_mode=False
        )
        with _heard():
            self._service: Any = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
        if self._service is None:
            raise ValueError("not an address that apprise knows")

    def send(self, subject: str, body: str, key: str) -> str | None:
        """None once the other side has taken it, else why not. By the `key` a second copy of a message can be told,
        where the way has headers."""
        if isinstance(getattr(self._service, "headers", None), dict):
            self._service.headers[KEY_HEADER] = key
        with _heard() as said:
            try:
                taken = self._service.notify(title=subject, body=body, notify_type="info", body_format="text")
            except Exception as error:  # whatever a plug-in of apprise lets through is a message that was not sent
                return type(error).__name__
        return None if taken else (said[-1] if said else "it was not taken")


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What apprise has to say goes here and not to stderr."""
    said: list[str] = []
    logger = logging.getLogger(_LOGGER)
    handler, propagated = _Kept(said), logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated


class _Kept(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the text."""
        self._said.append(record.getMessage())
