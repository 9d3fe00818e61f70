"""The base of every model of the spec."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Duration = Annotated[str, StringConstraints(pattern=r"^(0|([0-9]+(ms|s|m|h|d|w|y))+)$")]


class Model(BaseModel):
    """A part of the spec: unknown keys are refused, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
