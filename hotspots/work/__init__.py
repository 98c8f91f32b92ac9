"""Long work: queued in the database, safe to kill, with progress and a way to stop it.

Its state is a row of the site's own database, so that work is queued in the transaction
that asks for it, and what it makes is kept in the transaction that marks it done.
"""

from hotspots.work.queue import (
    STATES,
    VIEW,
    Task,
    TaskStoppedError,
    ask_to_stop,
    is_free,
    jobs,
    submit,
)
from hotspots.work.worker import Handler, Worker

__all__ = [
    "STATES",
    "VIEW",
    "Handler",
    "Task",
    "TaskStoppedError",
    "Worker",
    "ask_to_stop",
    "is_free",
    "jobs",
    "submit",
]
