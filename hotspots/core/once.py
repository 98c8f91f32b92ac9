"""Values that are made once each, however many ask for them at the same time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Once(Generic[Key, Value]):
    """The last few values, by key.

    Nothing is made under a lock: whoever asks for what somebody else is making waits
    for that value alone.
    """

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._lock = Lock()
        self._made: OrderedDict[Key, Future[Value]] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made now where it is not there."""
        with self._lock:
            found = self._made.get(key)
            if found is None:
                mine = self._made[key] = Future()
                while len(self._made) > self._keep:
                    self._made.popitem(last=False)
            else:
                self._made.move_to_end(key)
        if found is not None:
            return found.result()
        try:
            mine.set_result(make())
        except BaseException as error:
            with self._lock:
                self._made.pop(key, None)
            mine.set_exception(error)
        return mine.result()

    def forget(self, chosen: Callable[[Key], bool]) -> None:
        """Let go of the values whose key is chosen."""
        with self._lock:
            for key in [key for key in self._made if chosen(key)]:
                del self._made[key]
