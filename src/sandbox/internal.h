/* internal.h -- the two halves of the sandbox. */
#pragma once
#include "sandbox/sandbox.h"

/* ---- landlock.c ---- */
int landlock_abi (void); /* 0: this kernel has none */
/* Why it could not be put in force, as errno; 0: it is. */
int landlock_enter (const SandboxPlan *plan, int abi);

/* ---- seccomp.c ---- */
gboolean seccomp_possible (void);
int seccomp_enter (void); /* likewise */
