"""A refusal that knows which field it is about, so that pages and the API can say it beside that field."""


class FieldError(ValueError):
    """What is wrong with one field, and what would be right."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)
