"""Change bytes at random and see that nothing crashes, hangs or fills the memory: `make fuzz`, or

    python tests/fuzz/fuzz.py --seconds 300 [--seed N] [--only TARGET]

What is found is printed as hex, to be kept in findings.py once it is mended. Exit code 1 where something was found.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).parents[1]))

from fuzz.targets import Target, targets
from seawall.errors import SeawallError

LONGEST = 5
"""Seconds for one input: all of them are small."""

MEMORY = 2 << 30
"""Bytes of address space for the whole run."""

NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 63, (1 << 64) - 1)


class Hang(BaseException):
    """An input took too long; no reader may catch it."""


def mutated(chance: random.Random, seed: bytes) -> bytes:
    """Some changes to the bytes: flipped, cut, doubled, moved, or numbers that are at the edge."""
    data = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(data):
                data[at] = chance.randrange(256)
            case 2:
                width = chance.choice((1, 2, 4, 8))
                number = chance.choice(NUMBERS) % (1 << 8 * width)
                data[at : at + width] = number.to_bytes(width, chance.choice(("little", "big")))
            case 3:
                del data[at : at + chance.choice((1, 4, 64, 4096))]
            case 4:
                piece = bytes(data[at : at + chance.randrange(1, 600)])
                data[at:at] = piece * chance.choice((1, 2, 50))
            case 5:
                del data[at:]
            case 6:
                data[at:at] = chance.randbytes(chance.randrange(1, 20))
    return bytes(data)


def attempt(target: Target, data: bytes) -> str:
    """What went wrong, "" where nothing did."""
    try:
        target.read(data)
    except SeawallError:
        return ""
    except (Exception, Hang):  # noqa: BLE001 - whatever it is, it is a finding
        return traceback.format_exc()
    return ""


def inputs(chance: random.Random, found: dict[str, Target]) -> Iterator[tuple[str, bytes]]:
    """Endlessly, each target as often as the others."""
    while True:
        for name, target in found.items():
            yield name, mutated(chance, chance.choice(target.seeds))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--only", default="", help="targets with this in their name")
    args = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    def stop(*_: object) -> NoReturn:
        raise Hang(f"longer than {LONGEST} seconds")

    signal.signal(signal.SIGALRM, stop)
    found = {name: target for name, target in targets().items() if args.only in name}
    end, tried, wrong = time.monotonic() + args.seconds, 0, set[str]()
    for name, data in inputs(random.Random(args.seed), found):
        if time.monotonic() > end:
            break
        tried += 1
        signal.setitimer(signal.ITIMER_REAL, LONGEST)
        what = attempt(found[name], data)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if what and (mark := name + "".join(what.splitlines()[-3:-1])) not in wrong:
            wrong.add(mark)
            print(f"{name}\n{what}\n{data.hex() if len(data) < 20_000 else f'{len(data)} bytes'}\n", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{tried:,} inputs of {len(found)} targets, seed {args.seed}: {len(wrong)} findings; peak {peak} MiB")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
