"""The errors that a person may see. Every room's own errors come from here."""

from collections.abc import Mapping


class CadansError(Exception):
    """Something a person asked for cannot be done, and the message says why.

    `message` is already in the reader's language. `pointer` names the field at fault
    (a JSON pointer such as `/people/0/email`) where there is one. `status` is the HTTP
    status with which the faces answer; `code` a fixed word for programs.
    """

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, pointer: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = str(message)
        self.pointer = pointer
        if code:
            self.code = code


class Invalid(CadansError):
    """A value is wrong. `fields` maps each field to its message, for forms."""

    def __init__(
        self,
        message: str,
        *,
        pointer: str = "",
        code: str = "",
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, pointer=pointer, code=code)
        self.fields = dict(fields or {})


class NotFound(CadansError):
    """There is no such thing, or this person may not see it (both look the same)."""

    status = 404
    code = "not_found"


class NotAllowed(CadansError):
    """This person may see it but not do this."""

    status = 403
    code = "not_allowed"


class Conflict(CadansError):
    """The thing is in a state in which this cannot be done (a closed lead cannot be moved)."""

    status = 409
    code = "conflict"


class Outdated(CadansError):
    """Somebody changed the thing since it was read (a lost race)."""

    status = 412
    code = "outdated"
