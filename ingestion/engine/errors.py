"""Errors sorted by what to do next: try again, leave this entity out, start it anew, stop.

Messages never hold a body, a header or a query: those carry secrets and people's data.
"""

from __future__ import annotations


class IngestionError(Exception):
    """Base of all. Its text may be shown and logged."""


class RetriableError(IngestionError):
    """Tried as often as is decent; a later run may succeed."""


class FatalError(IngestionError):
    """Trying again changes nothing."""


class CredentialsError(FatalError):
    """The vendor does not accept who we say we are: no entity can be read."""


class QuotaError(FatalError):
    """The day's calls are used up: end cleanly, continue when the vendor counts anew."""


class SkippableError(IngestionError):
    """This entity cannot be read with these rights or in this edition; others can."""


class TooMuchError(IngestionError):
    """The vendor gave up on the size of the question: ask for a smaller window."""


class RestartError(IngestionError):
    """The vendor forgot where we were: begin this entity again."""


class StoppedError(FatalError):
    """The person at the keyboard wants no more."""


class DamagedLandingError(FatalError):
    """A landing folder is not what its manifest says."""


class WarehouseError(FatalError):
    """The warehouse file cannot be read or written."""


class WarehouseBusyError(RetriableError):
    """Another process kept the warehouse file to itself for too long."""
