"""The texts of notifications: generated ones, the team's own, and the templates of those."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from tocsin.files import windows_fault
from tocsin.lang.alertmanager.texts import GENERATED_TEMPLATES
from tocsin.lang.errors import LangError
from tocsin.spec.base import Model, judged_by, text_form
from tocsin.spec.integrations import NotificationTexts
from tocsin.spec.integrations.values import File

_FILE_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_. -]*\.[A-Za-z0-9]+")
_EXAMPLE = "write for example `slack.tmpl`"


def _check_file_name(text: str) -> None:
    whole = (0, len(text))
    if _FILE_NAME.fullmatch(text) is None or len(text) > 100:
        raise LangError("this is not the name of a file", whole, _EXAMPLE)
    if text.lower() == GENERATED_TEMPLATES:
        raise LangError(f"`{GENERATED_TEMPLATES}` is the file of the generated templates", whole, _EXAMPLE)
    if (fault := windows_fault(text)) is not None:
        raise LangError(f"this is not a valid name on Windows: {fault}", whole, _EXAMPLE)


TemplateFileName = Annotated[str, judged_by("name", _check_file_name), text_form("file-name", "slack.tmpl")]


def _one_for_each(files: dict[str, str]) -> dict[str, str]:
    names = list(files)
    for number, name in enumerate(names):
        if name.lower() in [other.lower() for other in names[:number]]:
            reason = "the file `{name}` is there twice: upper and lower case do not differ everywhere"
            raise PydanticCustomError("name", reason, {"name": name, "help": "give one of them another name"})
    return files


class Notifications(Model):
    """The texts of notifications."""

    texts: NotificationTexts = Field(
        "generated",
        description="Whether channels without texts of their own get generated ones, or Alertmanager's.",
    )
    templates: Annotated[dict[TemplateFileName, str], AfterValidator(_one_for_each)] = Field(
        default_factory=dict,
        description="Files of notification templates, by name; they are written beside the generated one.",
        examples=[{"slack.tmpl": '{{ define "title" }}{{ .Receiver }}{{ end }}'}],
    )
    template_files: list[File] = Field(
        default_factory=list,
        description="Files of templates, or patterns, that are on the machine where Alertmanager runs.",
        examples=[["/etc/alertmanager/custom/*.tmpl"]],
    )
