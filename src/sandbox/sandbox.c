#include "base/fault.h"
#include "base/process.h"
#include "sandbox/internal.h"

#include <errno.h>
#include <sys/prctl.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED TRUE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED TRUE
#endif
#endif
#ifndef SANITIZED
#define SANITIZED FALSE
#endif

static SandboxState in_force;

SandboxState
sandbox_possible (void)
{
    if (SANITIZED)
        return (SandboxState){ 0 };
    return (SandboxState){ .landlock = landlock_abi (), .seccomp = seccomp_possible () };
}

SandboxState
sandbox_state (void)
{
    return in_force;
}

/* Who has started a thread before cannot confine it any more. */
static gboolean
is_alone (void)
{
    return process_entries ("/proc/self/task") <= 1;
}

static gboolean
refuse (const char *what, const char *why, GError **error)
{
    return fault_set (error, FAULT_INVALID, "SANDBOX is \"required\", and %s cannot be had here: %s", what,
                      why);
}

static gboolean
confine_files (const SandboxPlan *plan, int abi, gboolean required, GError **error)
{
    int failure = abi > 0 ? landlock_enter (plan, abi) : ENOSYS;

    if (failure == 0)
        in_force.landlock = abi;
    return failure == 0 || !required ||
           refuse ("Landlock", abi > 0 ? g_strerror (failure) : "this kernel has none, or is told not to",
                   error);
}

static gboolean
confine_calls (gboolean possible, gboolean required, GError **error)
{
    int failure = possible ? seccomp_enter () : ENOSYS;

    in_force.seccomp = failure == 0;
    return failure == 0 || !required || refuse ("seccomp", g_strerror (failure), error);
}

gboolean
sandbox_enter (const SandboxPlan *plan, gboolean required, GError **error)
{
    SandboxState possible = sandbox_possible ();

    if (!is_alone ())
        return fault_set (error, FAULT_INTERNAL,
                          "the sandbox comes too late: other threads are there already");
    if (SANITIZED)
        return !required || refuse ("it", "this is a build with sanitizers", error);
    prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return confine_files (plan, possible.landlock, required, error) &&
           confine_calls (possible.seccomp, required, error);
}
