"""Errors named by what the caller must do."""


class IocError(Exception):
    """Anything the product says to a person; its text is complete and names the mend."""


class Retry(IocError):
    """The outside world failed and may recover. Nothing was committed."""


class Stop(IocError):
    """Going on would corrupt or hide data. A person must look."""


class BadInput(IocError):
    """What a person or a file gave cannot be used: names the field, the value and the mend."""

    def __init__(self, field: str, value: object, mend: str) -> None:
        super().__init__(f"{field}: {value!r} cannot be used; {mend}")
        self.field = field
        self.value = value
        self.mend = mend
