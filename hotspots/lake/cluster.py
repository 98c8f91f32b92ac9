"""Work spread over processes, on this machine or on many, by ``dask.distributed``.

The same function runs on the same parts, so the answers are those of one process. A
part whose worker is lost is done again by another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any

from hotspots.core.errors import ParameterError

AHEAD = 3
"""So many parts a worker are sent before it asks for them."""
RETRIES = 3
"""So often a part is done again whose worker was lost."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """Where the parts are done.

    ``scheduler``: address of a running Dask scheduler, ``tcp://HOST:8786``; default
    workers of its own on this machine.
    ``workers``: how many of its own.

    Raises ParameterError if there is no worker, or the package is missing.
    """

    scheduler: str | None = None
    workers: int = 2

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ParameterError(f"workers must be at least 1; got {self.workers}.")
        if find_spec("distributed") is None:
            raise ParameterError(
                "the engine dask needs the package distributed, which is not there. "
                "Install it with `pip install hotspots[cluster]`."
            )

    def each(
        self, work: Callable[..., Any], parts: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[int, Any]]:
        """Yield number and result of each part as it is done; a stop cancels the rest.

        A part is made when a worker has room for it, so that few are in memory at once.

        Raises HotspotsError what the work raised; the other parts are cancelled.
        """
        as_completed: Any = import_module("distributed").as_completed
        with self._client() as client:
            waiting, numbers = enumerate(parts), {}

            def begin() -> Iterator[Any]:
                for number, part in islice(waiting, 1):
                    future = client.submit(work, *part, pure=False, retries=RETRIES)
                    numbers[future] = number
                    yield future

            try:
                room = AHEAD * max(1, len(client.nthreads()))
                running = as_completed([each for _ in range(room) for each in begin()])
                for future in running:
                    yield numbers.pop(future), future.result()
                    running.update(list(begin()))
            finally:
                client.cancel(list(numbers))

    @contextmanager
    def _client(self) -> Iterator[Any]:
        import dask

        made: Any = import_module("distributed")
        told = {"distributed.logging.distributed": "critical"}
        with dask.config.set({**told, "distributed.scheduler.allowed-failures": 10}):
            if self.scheduler is not None:
                with made.Client(self.scheduler, timeout="30s") as client:
                    yield client
                return
            own = {"n_workers": self.workers, "threads_per_worker": 1}
            with (
                made.LocalCluster(
                    **own, processes=True, dashboard_address=None
                ) as cluster,
                made.Client(cluster) as client,
            ):
                yield client
