"""What a declaration of a resource or module makes: one, none, or as many as its loop goes round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seawall.model import Unknown
from seawall.sources.clusters.bicep.evaluate import Local
from seawall.sources.clusters.bicep.symbols import ITSELF, Symbol, once
from seawall.sources.clusters.bicep.syntax import Declaration, Expression, For, If, Object, Property, Spread
from seawall.sources.clusters.bicep.template import Template
from seawall.sources.clusters.unknown_text import UnknownText, shown

if TYPE_CHECKING:
    from seawall.sources.clusters.bicep.resources import Resource


class Deployable(Symbol):
    """A resource or module, or a list of them."""

    def __init__(self, declaration: Declaration) -> None:
        super().__init__(declaration.name)
        self.declaration = declaration

    def deploy(self) -> None:
        """Add what it deploys to the run."""
        raise NotImplementedError


def symbol_of(template: Template, declaration: Declaration, parent: Resource | None, local: Local) -> Deployable:
    """What the name of a resource or module stands for; `parent` is the resource around it."""
    if isinstance(declaration.value, For):
        return Loop(template, declaration, parent, local)
    return _maker(declaration)(template, declaration, declaration.value, parent, local)


def _maker(declaration: Declaration) -> type[Instance]:
    from seawall.sources.clusters.bicep.resources import Resource
    from seawall.sources.clusters.bicep.uses import Module

    return Module if declaration.keyword == "module" else Resource


class Loop(Deployable):
    """Resources or modules made by a loop."""

    def __init__(self, template: Template, declaration: Declaration, parent: Resource | None, local: Local) -> None:
        super().__init__(declaration)
        self._template = template
        self._parent = parent
        self._local = local

    @once([])
    def turns(self) -> list[Instance]:
        """One for each turn; where it is unknown how many there are, one that stands for all."""
        loop = self.declaration.value
        assert isinstance(loop, For)
        turns = self._template.items(loop, self._local)
        doubt = None
        if isinstance(turns, Unknown):
            doubt = Unknown(f"it is not known how many of them there are: {turns.reason}")
            index = UnknownText(turns.reason, f"{{{loop.index or loop.item}}}")
            turns = [{**self._local, loop.item: UnknownText(turns.reason, f"{{{loop.item}}}"), loop.index: index}]
        make = _maker(self.declaration)
        return [make(self._template, self.declaration, loop.body, self._parent, names, doubt) for names in turns]

    def deploy(self) -> None:
        for turn in self.turns:
            turn.deploy()

    def member(self, name: str) -> Any:
        return Unknown(f"'{self.name}' is a list")

    def item(self, index: Any) -> Any:
        if type(index) is int and 0 <= index < len(self.turns) and self.turns[index].doubt is None:
            return self.turns[index]
        why = index.reason if isinstance(index, Unknown) else f"there is no {index!r} in the list"
        return _Somewhere(f"{self.name}[{shown(index)}]", why)


class _Somewhere(Symbol):
    """One of a loop, it is not known which."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name)
        self._why = why

    def member(self, name: str) -> Any:
        return UnknownText(self._why, f"{{{self.name}.{name}}}")


class Instance(Deployable):
    """One resource or module. `doubt` is set where it is one of nobody knows how many."""

    def __init__(
        self,
        template: Template,
        declaration: Declaration,
        body: Expression | None,
        parent: Resource | None,
        local: Local,
        doubt: Unknown | None = None,
    ) -> None:
        super().__init__(declaration)
        self.template = template
        self.around = parent
        self.local = local
        self.doubt = doubt
        self._condition = body.condition if isinstance(body, If) else None
        inner = body.body if isinstance(body, If) else body
        self.body = inner if isinstance(inner, Object) else None

    @once(ITSELF)
    def wanted(self) -> bool | Unknown:
        """Whether it is deployed, by its own condition and that of the resource around it."""
        around = True if self.around is None else self.around.wanted
        if around is False or self._condition is None:
            return around
        own = self.template.decide(self._condition, self.local)
        return own if own is False or around is True else around

    @property
    def why_perhaps(self) -> Unknown | None:
        """Why it is unknown whether it is deployed; None where that is known."""
        doubts = (self.wanted, self.doubt, self.template.doubt)
        return next((doubt for doubt in doubts if isinstance(doubt, Unknown)), None)

    def expression(self, key: str) -> Expression | None:
        """What its body has at `key`."""
        items = self.body.items if self.body else ()
        return next((item.value for item in items if isinstance(item, Property) and item.key == key), None)

    def own(self, key: str) -> Any:
        """The value that its body has at `key`; None where it has none."""
        node = self.expression(key)
        if node is not None:
            return self.template.value(node, self.local)
        spread = [item for item in (self.body.items if self.body else ()) if isinstance(item, Spread)]
        held = [self.template.value(item.value, self.local) for item in spread]
        return next((each[key] for each in reversed(held) if isinstance(each, dict) and key in each), None)
