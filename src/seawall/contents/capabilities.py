"""The kernel's record of a file's capabilities, `security.capability`, in words.

https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h
"""

from __future__ import annotations

import struct

NAMES = tuple(
    """
    chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
    net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct
    sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap
    mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore
    """.split()  # noqa: SIM905 - a table
)


def capabilities(record: str) -> tuple[str, ...]:
    """The names of those permitted, from the record in hexadecimal; one that is not sound is told as such."""
    raw = bytes.fromhex(record)
    if not raw:
        return ()
    if len(raw) not in (12, 20, 24):
        return ("unreadable",)
    _, low, _, *more = struct.unpack_from("<3I" if len(raw) == 12 else "<5I", raw)
    bits = low | (more[0] << 32 if more else 0)
    known = tuple(f"cap_{name}" for number, name in enumerate(NAMES) if bits >> number & 1)
    return known + tuple(f"cap_{number}" for number in range(len(NAMES), 64) if bits >> number & 1)
