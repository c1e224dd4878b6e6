"""What can go wrong on the way out (ground/fetching.py)."""

from cadans.ground.errors import CadansError


class FetchFailed(CadansError):
    """Nothing usable came back. `code` is a fixed word: what went wrong.

    `may_have_arrived`: whether the other side may have carried out what was asked (a time-out
    while waiting for the answer), so that a caller does not do it twice.
    """

    status = 502
    code = "fetch_failed"
    may_have_arrived = False


class FetchRefused(FetchFailed):
    """We do not go there, or do not take what came. Trying again gives the same."""


class Unanswered(FetchFailed):
    """The other side could not be reached, or did not answer in time. It may another time."""

    def __init__(self, message: str, *, code: str, may_have_arrived: bool = False) -> None:
        super().__init__(message, code=code)
        self.may_have_arrived = may_have_arrived
