"""States of a shell laid together: each once, and what differs unknown where they are too many."""

from __future__ import annotations

from typing import TypeAlias

from seawall.contents.shell_values import State

Outcomes: TypeAlias = list[tuple[State, bool | None]]
"""The states in which a command may leave the shell, each with whether it succeeds, None where that is open."""

WAYS = 12
"""States kept apart; beyond, what differs between them is unknown."""


def merged(outcomes: Outcomes) -> Outcomes:
    """Each state once; where they are too many, one with all unknown in which they differ."""
    if len(outcomes) < 2:
        return outcomes
    unique: dict[object, tuple[State, bool | None]] = {}
    for state, verdict in outcomes:
        unique.setdefault((state.ended, verdict) if state.ended else (state.key, verdict), (state, verdict))
    if len(unique) <= WAYS:
        return list(unique.values())
    going = [state for state, _ in unique.values() if not state.ended]
    ended = [outcome for outcome in unique.values() if outcome[0].ended]
    first = going[0] if going else None
    for other in going[1:]:
        first = blurred(first or other, other)
    return [*ended, *([(first, None)] if first else [])]


def blurred(state: State, other: State) -> State:
    """What both states agree on; the rest is unknown."""
    both = state.copy()
    for name in state.variables.keys() | other.variables.keys():
        if state.variables.get(name, "") != other.variables.get(name, ""):
            both.variables[name] = None
    both.sure |= other.sure
    both.exported |= other.exported
    both.functions |= other.functions
    both.arguments = state.arguments if state.arguments == other.arguments else None
    both.folder = state.folder if state.folder == other.folder else "?"
    return both


def next_round(state: State) -> State:
    """`continue` ends here."""
    state.ended = state.ended.replace("continue", "")
    return state


def after_loop(state: State) -> State:
    """`break` ends here."""
    state.ended = state.ended.replace("break", "")
    return state
