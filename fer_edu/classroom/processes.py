"""All processes that a submission started: how much memory they hold, and their end."""

import ctypes
import os
import signal
import sys
import time
from contextlib import suppress

import psutil

MARK = "FER_EDU_SITTING"
"""The environment variable by which a submission's processes are known, also when their parents are gone."""

GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)
_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """Make this process the parent of its descendants' orphans: none leaves the family. Linux alone has that."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def limit_files_and_processes(megabytes=1024, processes=512):
    """Limit this process and its descendants: no file larger than that, and so many more processes of this user.

    The second does not bind root. Neither is an address-space limit: torch reserves far more than it uses.
    """
    import resource

    user = os.getuid()
    threads = 0
    for process in psutil.process_iter():
        with suppress(*GONE):
            threads += process.num_threads() if process.uids().real == user else 0
    for kind, wanted in (
        (resource.RLIMIT_FSIZE, megabytes * 2**20),
        (resource.RLIMIT_NPROC, threads + processes),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (limit, limit))


def descendants():
    """Return the living descendants of this process as psutil processes."""
    return psutil.Process().children(recursive=True)


def resident(processes):
    """Return the resident memory of these processes in MB; what two of them share counts twice."""
    total = 0
    for process in processes:
        with suppress(*GONE):
            total += process.memory_info().rss
    return total / 2**20


def processor_time(processes):
    """Return the seconds that these processes and their ended children have computed."""
    total = 0.0
    for process in processes:
        with suppress(*GONE):
            total += sum(process.cpu_times()[:4])  # user and system, its own and its children's
    return total


def waiting(processes):
    """Say whether all these processes sleep: none computes, and none queues for a processor or a disk."""
    at_rest = (psutil.STATUS_SLEEPING, psutil.STATUS_IDLE, psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
    for process in processes:
        with suppress(*GONE):
            if process.status() not in at_rest:
                return False
    return True


def end_descendants(seconds=10):
    """Kill every descendant of this process; stopped first, so that none forks while the others are killed."""
    deadline = time.monotonic() + seconds
    while (family := descendants()) and time.monotonic() < deadline:
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in family:
                with suppress(*GONE):
                    process.send_signal(number)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.01)


def end_marked(mark):
    """Kill every process of this user that carries `mark` in its environment, wherever its parents went."""
    for process in psutil.process_iter():
        with suppress(*GONE, OSError):
            if process.environ().get(MARK) == mark:
                process.kill()
