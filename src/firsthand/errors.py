"""
Every exception firsthand raises on purpose.

::

    FirsthandError          the root: catch this to catch all of ours
    ├── InputError          the user can mend it: a path, a file, a folder, an option
    └── EngineError         the run could not go on: a worker died twice, the disk is full

A message says what happened, where, and what to do next. Each carries a ``slug``, and the slug is a
heading in ``docs/messages.md``. One bad page never raises: it becomes a row of ``rejected``.
"""


class FirsthandError(Exception):
    """Root of all errors raised by firsthand; ``slug`` names its section in docs/messages.md."""

    def __init__(self, message: str, *, slug: str) -> None:
        """Keep the message as the text of the exception and the slug beside it."""
        super().__init__(message)
        self.slug = slug


class InputError(FirsthandError):
    """Something given to firsthand cannot be used as it is; the message says how to mend it."""


class EngineError(FirsthandError):
    """The run itself could not go on; the message says what is kept and how to resume."""
