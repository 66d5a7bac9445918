/* sandbox.h -- what this process may do from now on, if somebody else should ever steer it.
 *
 * Landlock says which files it may touch and which port it may take; seccomp which system
 * calls it may make. Both hold for the thread that asks and for those it starts later, so
 * it has to be the only one, and both are for ever. Nothing is opened or run by this.
 *
 * Nothing may be run, whatever the plan says; the libraries, the settings of the system,
 * the zones and the certificates of the world may be read. */
#pragma once
#include <glib.h>

typedef struct {
    const char *const *writable; /* folders to read and write in, without what lies in them that is run */
    const char *const
        *readable; /* files and folders beyond those of the system; what is not there is left out */
    guint16 port;  /* the one TCP port that may be taken, beside those that the kernel picks; 0: any */
} SandboxPlan;

typedef struct {
    int landlock; /* the version of its ABI; 0: not */
    gboolean seccomp;
} SandboxState;

/* What this kernel and this build can do, without doing it. A build with sanitizers can do nothing: they
 * look into their own process in ways that are refused here. */
SandboxState sandbox_possible (void);
/* What is in force in this process. */
SandboxState sandbox_state (void);
/* Once, from the only thread. required: FAULT_INVALID unless all of it is in force afterwards; what could be
 * had stays. Otherwise what cannot be had is left out, and FALSE is only for a second thread, our own
 * mistake. */
gboolean sandbox_enter (const SandboxPlan *plan, gboolean required, GError **error);
