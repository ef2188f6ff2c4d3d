"""Taking the network away from a process, for good: what it asks the system for is refused.

A filter of Linux's seccomp (https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html):
opening a socket and running a program fail from here on, in this process, its threads and its
children, whoever asks and however. Elsewhere than on Linux, what a query may look like is all that
holds it (`nutrigraph.gate`).
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys
from typing import Final

# Of <linux/prctl.h>, <linux/seccomp.h>, <linux/bpf_common.h> and <linux/audit.h>.
_NO_NEW_PRIVILEGES: Final = 38
_SET_SECCOMP: Final = 22
_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | errno.EACCES
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _MACHINE_AT = 0, 4
# The machine, and its numbers of socket, socketpair, execve, execveat and io_uring_setup.
_MACHINES: Final = {
    "x86_64": (0xC000003E, (41, 53, 59, 322, 425)),
    "aarch64": (0xC00000B7, (198, 199, 221, 281, 425)),
}
_OTHER_CALLS: Final = 0x40000000
"""From here on x86_64 counts the same calls once more, for another size of pointers."""


def _program(machine: int, calls: tuple[int, ...]) -> bytes:
    """Return the filter: some calls, and all of another machine's, are refused."""
    refuse = len(calls) + 2  # Steps from the check of the machine to the refusal.
    steps = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 0, refuse + 1, machine),
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, refuse - 1, 0, _OTHER_CALLS),
        *((_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def take_network_away() -> bool:
    """Refuse this process sockets and other programs; return whether that could be done."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return False
    steps = _program(*_MACHINES[platform.machine()])
    held = ctypes.create_string_buffer(steps, len(steps))
    program = _Filter(len(steps) // 8, ctypes.cast(held, ctypes.c_void_p))
    control = ctypes.CDLL(None, use_errno=True).prctl
    if control(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(control(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)
