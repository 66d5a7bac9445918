#!/usr/bin/env python3
"""without.py CALL PROGRAM ARGS... -- run a program on a kernel that, to it, lacks a system call (ENOSYS)."""
import ctypes
import errno
import os
import sys

ALLOW, ERRNO = 0x7fff0000, 0x00050000
library = ctypes.CDLL('libseccomp.so.2', use_errno=True)
library.seccomp_init.restype = ctypes.c_void_p
rules = ctypes.c_void_p(library.seccomp_init(ALLOW))
call = library.seccomp_syscall_resolve_name(sys.argv[1].encode())
if library.seccomp_rule_add(rules, ERRNO | errno.ENOSYS, call, 0) != 0 or library.seccomp_load(rules) != 0:
    sys.exit(f'without.py: {sys.argv[1]} cannot be taken away')
os.execv(sys.argv[2], sys.argv[2:])
