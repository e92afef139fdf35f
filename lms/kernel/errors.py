"""What can go wrong in the domain, as sentences. The web maps each family to one status."""


class VirageError(Exception):
    """Anything that the product itself refuses."""


class NotFoundError(VirageError):
    """There is no such thing, or it belongs to somebody else: the answer is the same (404)."""


class NotAllowedError(VirageError):
    """The thing exists and is one's own, but the rules do not allow this now (409)."""


class BadInputError(VirageError):
    """What was typed cannot be used; the message names the field's fault (422)."""


class TooOftenError(VirageError):
    """Too many tries in too short a time (429)."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many tries; again in {retry_after} s")
        self.retry_after = retry_after
