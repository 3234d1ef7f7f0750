"""The commands of a shell script. What is not understood is an error with its line, never left out in silence."""

from __future__ import annotations

import re

from seawall.contents.shell_syntax import (
    Assignment,
    Case,
    Chain,
    Command,
    For,
    Function,
    Group,
    If,
    Pipeline,
    Script,
    Simple,
    Text,
    While,
    Word,
)
from seawall.contents.shell_words import NESTING, WordReader

_REDIRECTION = re.compile(r"(?:\d*|\{\w+\})(<<<|<<-|<<|<>|<&|>&|>>|>\||&>>|&>|<(?!\()|>(?!\())")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\[[^\]\n]*\])?(\+)?=")
_FUNCTION = re.compile(r"([\w.:+-]+)[ \t]*\([ \t]*\)")
_RESERVED = re.compile(
    r"(if|then|elif|else|fi|case|esac|for|select|while|until|do|done|function|time|\{|\}|!|\[\[)(?![^\s;&|()<>])"
)
_KEYWORD = re.compile(r"function[ \t]+([\w.:+-]+)[ \t]*(\([ \t]*\))?")
_FOR = re.compile(r"(?:for|select)\s+([A-Za-z_]\w*)")
_OPERATORS = re.compile(r"&&|\|\||[<>()]|=~")
_DECLARING = ("declare", "export", "local", "readonly", "typeset")


def read_script(text: str) -> Script:
    """The commands of a script. Raises Malformed with the line where it is not understood."""
    reader = _Reader(text.replace("\r\n", "\n").replace("\0", ""))
    try:
        script = reader.script()
    except RecursionError:
        raise reader.failure("commands nest too deep") from None
    if reader.at < len(reader.text):
        raise reader.failure(f"{reader.text[reader.at : reader.at + 10]!r} is not understood")
    return script


class _Reader(WordReader):
    def script(self, *ends: str) -> Script:
        self.depth += 1
        if self.depth > NESTING:
            raise self.failure("commands nest too deep")
        chains: list[Chain] = []
        while True:
            self.newlines()
            if self.at >= len(self.text) or self._reserved() in ends or self.ahead(")") or self.ahead(";;"):
                break
            before = self.at
            chains.append(self._chain())
            if self.at == before:
                raise self.failure(f"{self.text[self.at : self.at + 10]!r} is not understood")
        self.depth -= 1
        return tuple(chains)

    def _reserved(self) -> str:
        found = _RESERVED.match(self.text, self.at)
        return found[1] if found else ""

    def _word(self, *expected: str) -> str:
        self.newlines()
        found = self._reserved()
        if found not in expected:
            raise self.failure(f"{' or '.join(expected)} is missing")
        self.at += len(found)
        return found

    def _chain(self) -> Chain:
        pipelines, operators = [self._pipeline()], []
        while True:
            self.blank()
            operator = "&&" if self.take("&&") else "||" if self.take("||") else ""
            if not operator:
                break
            operators.append(operator)
            self.newlines()
            pipelines.append(self._pipeline())
        background = not self.ahead("&>") and self.take("&")
        if not background and not self.ahead(";;"):
            self.take(";")
        return Chain(tuple(pipelines), tuple(operators), background)

    def _pipeline(self) -> Pipeline:
        negated = False
        while self._reserved() in ("!", "time"):
            negated ^= self._word("!", "time") == "!"
            self.blank()
        commands = [self._command()]
        while True:
            self.blank()
            if self.ahead("||") or not self.take("|"):
                return Pipeline(tuple(commands), negated)
            self.take("&")
            self.newlines()
            commands.append(self._command())

    def _command(self) -> Command:
        self.blank()
        word = self._reserved()
        compound = {
            "if": self._if, "case": self._case, "for": self._for, "select": self._for, "while": self._while,
            "until": self._while, "{": self._group, "function": self._keyword,
        }.get(word)  # fmt: skip
        if word == "[[":
            return self._double_test()
        if self.ahead("(("):
            line = self.line
            self._balanced("(", ")")
            return Simple(line, ())
        if compound or self.ahead("("):
            command = compound() if compound else self._apart()
            self._redirections([])
            return command
        if found := self.match(_FUNCTION):
            self.newlines()
            return Function(found[1], self._command())
        return self._simple()

    def _if(self) -> Command:
        branches: list[tuple[Script, Script]] = []
        otherwise: Script = ()
        word = self._word("if")
        while word in ("if", "elif"):
            condition = self.script("then")
            self._word("then")
            branches.append((condition, self.script("elif", "else", "fi")))
            word = self._word("elif", "else", "fi")
        if word == "else":
            otherwise = self.script("fi")
            self._word("fi")
        return If(tuple(branches), otherwise)

    def _while(self) -> Command:
        self._word("while", "until")
        condition = self.script("do")
        return While(condition, self._do())

    def _do(self) -> Script:
        self.newlines()
        if self._reserved() == "{":  # bash allows braces here
            group = self._group()
            return group.body
        self._word("do")
        body = self.script("done")
        self._word("done")
        return body

    def _for(self) -> Command:
        found = self.match(_FOR)
        if not found:
            self._word("for", "select")
            self.blank()
            self._balanced("(", ")")  # for ((…;…;…))
            self.blank()
            self.take(";")
            return For("_", (), self._do())
        self.newlines()
        words: list[Word] | None = None
        if re.compile(r"in(?=[\s;])").match(self.text, self.at):
            self.at += 2
            words = []
            self.blank()
            while (word := self.word()) is not None:
                words.append(word)
                self.blank()
        self.blank()
        self.take(";")
        return For(found[1], None if words is None else tuple(words), self._do())

    def _case(self) -> Command:
        self._word("case")
        self.blank()
        subject = self.word() or ()
        self.newlines()
        self.expect("in")
        arms: list[tuple[tuple[Word, ...], Script]] = []
        self.newlines()
        while self._reserved() != "esac":
            self.take("(")
            patterns = []
            while True:
                self.blank()
                patterns.append(self.word() or ())
                self.blank()
                if not self.take("|"):
                    break
            self.expect(")")
            arms.append((tuple(patterns), self.script("esac")))
            self.newlines()
            if self.take(";;"):
                self.take("&")
            self.newlines()
        self._word("esac")
        return Case(subject, tuple(arms))

    def _group(self) -> Group:
        self._word("{")
        body = self.script("}")
        self._word("}")
        return Group(body)

    def _apart(self) -> Group:
        self.expect("(")
        body = self.script(")")
        self.expect(")")
        return Group(body, apart=True)

    def _keyword(self) -> Command:
        found = self.match(_KEYWORD)
        if not found:
            raise self.failure("a function without a name")
        self.newlines()
        return Function(found[1], self._command())

    def _double_test(self) -> Simple:
        """`[[ … ]]`, whose operators are words here."""
        line, words = self.line, list[Word]()
        while True:
            self.newlines()
            word = self.word()
            if word is None and (found := self.match(_OPERATORS)):
                word = (Text(found[0]),)
            if word is None:
                raise self.failure("]] is missing")
            words.append(word)
            if word == (Text("]]"),):
                self._redirections([])
                return Simple(line, tuple(words))

    def _simple(self) -> Simple:
        line, words, texts = self.line, list[Word](), list[Word]()
        assignments: list[Assignment] = []
        while True:
            self._redirections(texts)
            declared = not words or (isinstance(words[0][0], Text) and words[0][0].text in _DECLARING)
            found = self.match(_ASSIGNMENT) if declared else None
            if found:
                assignments.append(self._assignment(found))
            elif (word := self.word()) is not None:
                words.append(word)
            else:
                return Simple(line, tuple(words), tuple(assignments), texts)

    def _assignment(self, found: re.Match[str]) -> Assignment:
        values: list[Word] = []
        array = not found[2] and self.take("(")
        if array:
            self.newlines()
            while (word := self.word()) is not None:
                values.append(word)
                self.newlines()
            self.expect(")")
        else:
            values.append(self.word() or ())
        return Assignment(found[1], tuple(values), array or bool(found[2]), bool(found[3]))

    def _redirections(self, texts: list[Word]) -> None:
        self.blank()
        while found := self.match(_REDIRECTION):
            if found[1] in ("<<", "<<-"):
                self.await_here_document(tabs=found[1] == "<<-", texts=texts)
            else:
                self.blank()
                texts.append(self.word() or ())
            self.blank()
