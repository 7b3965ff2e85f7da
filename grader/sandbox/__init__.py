"""Sandboxes: each starts a worker that can compute, print, and do nothing else.

A sandbox gives a command line, and a confinement. The worker first applies the confinement to
itself (`grader.worker.confine`), before it is sent a byte of a submission.
"""

from ..common.errors import SandboxError
from .base import Sandbox, worker_folder
from .choose import choose_sandbox, prove
from .worker import Worker, worker_threads

__all__ = [
    "Sandbox",
    "SandboxError",
    "Worker",
    "choose_sandbox",
    "prove",
    "worker_folder",
    "worker_threads",
]
