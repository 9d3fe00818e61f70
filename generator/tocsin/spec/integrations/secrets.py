"""Secrets, which a spec never holds in clear: the refusal of one, and the key to write instead."""

from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, PydanticOmit, core_schema

from tocsin.spec.base import Model
from tocsin.value_object import value_object

HIDDEN = "<hidden>"

NO_SECRET_HERE = "a secret does not belong in the spec"


class Guarded(Model):
    """A mapping that may hold what nobody should see: its values are not repeated in messages."""


def field_refusal(kind: str, message: str, **advice: str) -> ValidationError:
    """An error at the field being validated that does not carry the field's value.

    The advice is a `help`, and what to `insert` before the value.
    """
    context = {"reason": message, **advice}
    error = PydanticCustomError(kind, "{reason}", context)  # type: ignore[type-arg,unused-ignore]
    return ValidationError.from_exception_data(
        "spec", [InitErrorDetails(type=error, loc=(), input=HIDDEN)], hide_input=True
    )


def secret_refusal(instead: str) -> ValidationError:
    """The refusal of a secret in clear, with what to do instead of it."""
    return field_refusal("secret_in_clear", f"{NO_SECRET_HERE}: {instead}")


@value_object
class SecretInClear:
    """Marks a key of Alertmanager that takes a secret in clear: known, and always refused.

    `instead` is the key that takes a file's path, or, where Alertmanager has none (a text with
    spaces in it), what to do. The values in `allowed` are public, and pass.
    """

    instead: str
    allowed: tuple[str, ...] = ()

    @property
    def advice(self) -> str:
        """What the error says after the colon."""
        if " " in self.instead:
            return self.instead
        return f"write `{self.instead}: /path/to/file` instead"

    def refuse(self, value: object) -> object:
        """Refuse any value except null and the public ones."""
        if value is not None and value not in self.allowed:
            raise secret_refusal(self.advice)
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.refuse, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        if self.allowed:
            return handler(schema)
        raise PydanticOmit


Refused = Annotated[
    None, Field(exclude=True, repr=False, description="Refused: a secret is given by the path of its file.")
]
