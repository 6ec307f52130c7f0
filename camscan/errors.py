"""The one tree of errors: everything camscan raises on purpose.

Each carries a message of one line: what, where, why. Only `cli` prints them and chooses the exit code.
"""


class CamscanError(Exception):
    """Anything camscan raises on purpose."""


class UsageError(CamscanError):
    """What the user asked for cannot be understood: exit code 2."""


class CannotRunError(CamscanError):
    """The request is clear, but this machine cannot do it: exit code 4."""


class KnowledgeError(UsageError):
    """A file in `fingerprints/` is malformed: names file, rule and reason."""


class BundleError(UsageError):
    """A bundle of data files, or a key, that is not to be trusted or cannot be read."""


class DecodeError(CamscanError):
    """Bytes that are not what their protocol says. The only error a codec raises, or its special case below."""


class QuestionError(DecodeError):
    """Well formed, but no answer: somebody else's question, or a farewell."""


class OutOfScopeError(CamscanError):
    """A packet was about to leave the scope; the transport refused to send it."""


class NotPossibleError(CamscanError):
    """This machine or user cannot use a channel (no privilege, no program): coverage, not failure."""
