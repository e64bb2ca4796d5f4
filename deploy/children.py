"""Child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
UNPRIVILEGED = 65534  # nobody: present everywhere, needs no useradd


def end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn`: the kernel sends `number` when the parent dies, kill -9 included.

    The signal is tied to the *thread* that forked, so fork from the main thread. A change of user
    clears it, so it must come after setuid: Popen runs `preexec_fn` after `user=`, as needed.
    Linux only; elsewhere None.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)  # loaded before the fork: little may be done after it
    parent = os.getpid()

    def preexec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return preexec


def follow_parent(number: signal.Signals) -> None:
    """Have the kernel send `number` to this process when the one that started it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
