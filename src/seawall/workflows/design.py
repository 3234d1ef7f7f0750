"""A new cluster as code: answers in, files out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from seawall.errors import UsageError
from seawall.remedies.answers import QUESTIONS, Question, answers, default
from seawall.safe.limits import Limits

FORMATS = ("bicep", "terraform", "az")


def answers_in(path: Path, limits: Limits) -> Mapping[str, Any]:
    """The answers in a file of YAML or JSON. Raises InputError, and UsageError where it holds no mapping."""
    from seawall.safe import files, yaml

    documents = list(yaml.load_all(files.read(path, limits=limits), where=str(path), limits=limits))
    held = documents[0].value if len(documents) == 1 else None
    if not isinstance(held, dict):
        raise UsageError("expected one mapping of questions to answers", where=str(path))
    return held


def questions() -> Iterator[tuple[str, Question, str]]:
    """Each question with its name and its default answer."""
    yield from ((name, question, default(name)) for name, question in QUESTIONS.items())


def ask(answer: Callable[[str], str]) -> dict[str, Any]:
    """What a person answers to the questions that matter; nothing typed means the default."""
    told: dict[str, Any] = {}
    for name, question, plain in questions():
        before, wanted = question.after
        if question.asked and (not before or told[before] == wanted):
            choices = f" ({'/'.join(question.choices)})" if question.choices else ""
            told[name] = answer(f"{question.text}{choices} [{plain}]: ").strip() or plain
    return told


def files(given: Mapping[str, Any], kind: str, azurerm: int) -> dict[str, str]:
    """File name -> text. Raises UsageError for answers that make no sense, or exclude each other."""
    from seawall.remedies.design import design

    designed = design(answers(given))
    if kind == "terraform":
        from seawall.remedies.emit.terraform import terraform

        return terraform(designed, azurerm)
    if kind == "az":
        from seawall.remedies.emit.az import az

        return az(designed)
    from seawall.remedies.emit.bicep import bicep

    return bicep(designed)


def write(texts: Mapping[str, str], folder: Path) -> None:
    """Write the files into the folder, each whole or not at all. Raises UsageError where one is there already."""
    from seawall.safe import files as safe_files

    safe_files.make_folder(folder)
    for name in texts:
        if os.path.lexists(folder / name):
            raise UsageError("it is there already", where=str(folder / name), hint="name a folder without it")
    for name, text in texts.items():
        with safe_files.replace(folder / name) as temporary:
            temporary.write_text(text)


def shown(texts: Mapping[str, str], kind: str) -> str:
    """The files one after the other, each under its name where there are several."""
    sign = "//" if kind == "bicep" else "#"
    if len(texts) == 1:
        return "".join(texts.values())
    return "\n".join(f"{sign} file: {name}\n{text}" for name, text in texts.items())
