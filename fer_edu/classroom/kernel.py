"""A kernel for one submission: it answers one request after the other, or is stopped."""

import os
import queue
import signal
import subprocess
import sys
import time
from contextlib import suppress

from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

from .limits import LOADED
from .processes import descendants, end_descendants, processor_time, resident, waiting

LOOK_EVERY = 0.2  # seconds between two looks at the processes
PATIENCE = 5  # seconds that an interrupted cell has to end
STARTING = 180  # seconds that a kernel has to start on a busy machine
MOST_PROCESSES = 256


class Interrupted(Exception):
    """One request was stopped; the kernel lives and can be asked again. The message says why."""


class Ended(Exception):
    """The kernel is gone. The message says why."""


class Kernel:
    """A Python kernel on sockets in the file system (no network port), in a session of its own.

    folder: where its sockets lie and where it works, two folders that exist. limits: see `Limits`. `peak`: MB.
    `spent`: seconds that it worked or slept. The time that it queued for a processor is not counted, so that a busy
    machine ends nobody's notebook.
    """

    def __init__(self, folder, environment, limits):
        self.limits, self._parent = limits, os.getppid()
        self.peak, self.spent, self._worked, self._looked = 0.0, 0.0, 0.0, time.monotonic()
        connection, _ = write_connection_file(
            os.path.join(folder, "k.json"), transport="ipc", ip=os.path.join(folder, "k"), kernel_name="python3"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", connection],
            cwd=os.path.join(folder, "work"),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.client = BlockingKernelClient(connection_file=connection)
        self.client.load_connection_file()
        self.client.start_channels()
        until = time.monotonic() + STARTING
        while True:
            try:
                self.client.wait_for_ready(timeout=1)
                break
            except RuntimeError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise Ended("the kernel did not start") from None
        self.look(now=True)
        self.spent, self.started = 0.0, time.monotonic()  # what a submission is given counts from here

    def ask(self, code, expressions=None):
        """Run `code` and return the reply's content; `expressions`: name -> Python to evaluate, quietly.

        Raises Interrupted where a limit of one cell was passed, Ended where a limit of the whole was.
        """
        sent = self.client.execute(
            code, silent=bool(expressions), user_expressions=expressions, allow_stdin=False, stop_on_error=False
        )
        begun, reply, idle, printed, why, stop = self.spent, None, False, 0, None, None
        while reply is None or not idle:
            self.look()
            if why is None and self.spent > begun + self.limits.cell:
                why = f"took over {self.limits.cell:g} s"
            if why is None and printed > self.limits.output * 2**20:
                why = f"put out over {self.limits.output:g} MB"
            if why is not None and stop is None:
                with suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGINT)
                self.client.kernel_info()  # wakes a cell that waits in `await`, which else does not see the signal
                stop = self.spent + PATIENCE
            if stop is not None and self.spent > stop:
                end_descendants()
                raise Ended(f"{why} and could not be interrupted")
            if reply is None and self.client.shell_channel.msg_ready():
                answer = self.client.get_shell_msg(timeout=1)
                if answer["parent_header"].get("msg_id") == sent:
                    reply = answer["content"]
            with suppress(queue.Empty):
                message = self.client.get_iopub_msg(timeout=0.05)
                printed += _size(message)
                if message["parent_header"].get("msg_id") == sent and message["msg_type"] == "status":
                    idle = message["content"]["execution_state"] == "idle"
        if why is not None:
            raise Interrupted(why)
        return reply

    def look(self, now=False):
        """Measure memory and time of all its processes, five times a second; Ended where it is over a limit or gone."""
        passed = time.monotonic() - self._looked
        if passed < LOOK_EVERY and not now:
            return
        self._looked += passed
        if self.process.poll() is not None:
            raise Ended("the kernel was ended by the notebook's code")
        family = descendants()
        held, worked = resident(family), processor_time(family)
        self.peak = max(self.peak, held)
        self.spent += passed if waiting(family) else min(passed, max(0.0, worked - self._worked))
        self._worked = worked
        if now:
            return
        over_all = self.spent > self.limits.seconds or self._looked - self.started > LOADED * self.limits.seconds
        for over, why in (
            (over_all, f"the whole took over {self.limits.seconds:g} s"),
            (held > self.limits.memory, f"used over {self.limits.memory:g} MB"),
            (len(family) > MOST_PROCESSES, f"started over {MOST_PROCESSES} processes"),
            (os.getppid() != self._parent, "the marking ended"),
        ):
            if over:
                end_descendants()
                raise Ended(why)


def _size(message):
    """Return roughly how many bytes a message of the kernel holds."""
    return len(str(message["content"])) + sum(len(buffer) for buffer in message.get("buffers") or ())
