"""IMG-DF-032."""

from __future__ import annotations

import re

from seawall.checks.check import Verdicts, check
from seawall.checks.dockerfiles import at, cut, gold, instructions
from seawall.model import Severity
from seawall.model.dockerfile import Dockerfile, Edit, Instruction


@check(
    "IMG-DF-032",
    severity=Severity.LOW,
    refs=["https://docs.docker.com/reference/dockerfile/#shell-and-exec-form"],
    passes=[gold(), gold(start='CMD ["/app/app"]')],
    fails=[gold(start="ENTRYPOINT /app/app --port 8080"), gold(start="CMD /app/app"), gold(start="CMD ['/app/app']")],
)
def shell_form(dockerfile: Dockerfile) -> Verdicts:
    """The program is started through a shell.

    ## Why it matters
    The shell is process 1 and passes no signals on: the program is killed instead of being asked to stop. And the
    image needs a shell, which an intruder then has.

    ## Fix
    Write a JSON array, with double quotes.

        ENTRYPOINT ["/app/app", "--port", "8080"]
    """
    for each in instructions(dockerfile.shipped, "ENTRYPOINT", "CMD"):
        if not each.exec_form and each.words:
            yield at(each, f"{each.keyword} runs in a shell: {cut(each.text)}", field=" ", edits=_array(each))


def _array(each: Instruction) -> tuple[Edit, ...]:
    """Where it is plain words, the same as an array."""
    plain = each.line == each.end and all(re.fullmatch(r"[\w./:=@%+,-]+", word.text) for word in each.words)
    first = each.words[0]
    if not plain or len(each.commands) != 1 or each.commands[0].assigned or first.text in ("exec", "cd", "source", "."):
        return ()
    text = "[" + ", ".join(f'"{word.text}"' for word in each.words) + "]"
    return (Edit(line=each.line, column=first.column, old=" ".join(word.text for word in each.words), text=text),)
