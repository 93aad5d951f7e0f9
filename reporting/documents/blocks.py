"""Long sequences in little memory: whole blocks are packed, and unpacked one at a time when they are read. Pure.

The memory of the process is all they are in, and nothing is read from elsewhere. What the last block has not filled
yet stays as it is: what a few hundred municipalities have is never packed at all.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")
NUMBERS = 16_384
"""Whole numbers in a block."""
VALUES = 1_024
"""Other values in a block."""
NONE = -(2**63)
"""Stands among numbers for none."""


class Alike(Sequence[Value], Generic[Value]):
    """Equal to any sequence of equal values, and with the hash of their tuple."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))


class Blocks(Alike[Value]):
    """What both kinds share: ``size`` values in a block, packed by ``_pack`` and unpacked by ``_unpack``."""

    size: int

    def __init__(self) -> None:
        self._n = 0
        self._packed: list[bytes] = []
        self._near: tuple[int, Sequence[Value]] = (-1, ())

    def _pack(self, values: Any) -> bytes:
        raise NotImplementedError

    def _unpack(self, packed: bytes) -> Sequence[Value]:
        raise NotImplementedError

    @property
    def _open(self) -> Sequence[Value]:
        raise NotImplementedError

    def __len__(self) -> int:
        return self._n

    def __iter__(self) -> Iterator[Value]:
        return chain.from_iterable(chain(map(self._unpack, self._packed), (self._open,)))

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Value, ...]: ...
    def __getitem__(self, index: int | slice) -> Value | tuple[Value, ...]:
        places = range(len(self))[index]
        if isinstance(places, range):
            return tuple(self._at(place) for place in places)
        return self._at(places)

    def _at(self, place: int) -> Value:
        number, within = divmod(place, self.size)
        if number == len(self._packed):
            return self._open[within]
        if self._near[0] != number:
            self._near = number, self._unpack(self._packed[number])
        return self._near[1][within]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)})"


class Numbers(Blocks[int]):
    """Whole numbers of an ``array``'s ``code``."""

    size = NUMBERS

    def __init__(self, code: str, numbers: Iterable[int] = ()) -> None:
        super().__init__()
        self.code = code
        self._rest: array[int] = array(code)
        self.extend(numbers)

    @property
    def _open(self) -> array[int]:
        return self._rest

    def extend(self, numbers: Iterable[int]) -> None:
        """More of them at the end. Raises OverflowError and TypeError as ``array`` does."""
        left = iter(numbers)
        while True:
            before = len(self._rest)
            self._rest.extend(islice(left, self.size - before))
            self._n += len(self._rest) - before
            if len(self._rest) < self.size:
                return
            self._packed.append(self._pack(self._rest))
            self._rest = array(self.code)

    def _pack(self, values: array[int]) -> bytes:
        return zlib.compress(values.tobytes(), 1)

    def _unpack(self, packed: bytes) -> array[int]:
        return array(self.code, zlib.decompress(packed))


class Values(Blocks[Value]):
    """Any values. What is read is equal to what was put in, not the same object."""

    size = VALUES

    def __init__(self, values: Iterable[Value] = ()) -> None:
        super().__init__()
        self._rest: list[Value] = []
        self.extend(values)

    @property
    def _open(self) -> list[Value]:
        return self._rest

    def extend(self, values: Iterable[Value]) -> None:
        """More of them at the end."""
        for value in values:
            self._rest.append(value)
            self._n += 1
            if len(self._rest) == self.size:
                self._put_away()

    def closed(self) -> Values[Value]:
        """Itself, with what has not filled its block packed too. Nothing more can be put in."""
        self._put_away()
        return self

    def _put_away(self) -> None:
        self._packed.append(self._pack(self._rest))
        self._rest = []

    def _pack(self, values: list[Value]) -> bytes:
        return zlib.compress(pickle.dumps(values, pickle.HIGHEST_PROTOCOL), 1)

    def _unpack(self, packed: bytes) -> list[Value]:
        found: list[Value] = pickle.loads(zlib.decompress(packed))  # noqa: S301 – what this object itself has packed
        return found
