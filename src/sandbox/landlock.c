/* landlock.c -- which files may be touched, and which port be taken.
 *
 * What a ruleset handles is forbidden but for what its rules allow. Newer kernels handle more; a
 * right that a kernel does not know is left out, which the version of its ABI tells. The header of
 * the system may be older than the kernel, so the numbers are ours. */
#include "sandbox/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_READ_FILE = 1 << 2,
    FS_READ_DIR = 1 << 3,
    FS_REMOVE_DIR = 1 << 4,
    FS_REMOVE_FILE = 1 << 5,
    FS_MAKE_DIR = 1 << 7,
    FS_MAKE_REG = 1 << 8,
    FS_UP_TO_ABI_1 = (1 << 13) - 1,
    FS_REFER = 1 << 13,
    FS_TRUNCATE = 1 << 14,
    FS_IOCTL_DEV = 1 << 15,

    NET_BIND_TCP = 1 << 0,

    SCOPE_ABSTRACT_SOCKETS = 1 << 0,
    SCOPE_SIGNALS = 1 << 1,

    READ = FS_READ_FILE | FS_READ_DIR,
    WRITE = FS_WRITE_FILE | FS_TRUNCATE | FS_REMOVE_FILE | FS_REMOVE_DIR | FS_MAKE_DIR | FS_MAKE_REG,
    OF_A_FILE = FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE,

    VERSION = 1 << 0,
    RULE_PATH = 1,
    RULE_PORT = 2,
};

typedef struct {
    guint64 files, network, scopes;
} Ruleset;

typedef struct {
    guint64 allowed;
    gint32 fd;
} __attribute__ ((packed)) PathRule;

typedef struct {
    guint64 allowed, port;
} PortRule;

/* What programs read of their system: libraries (those that look up names are loaded when they are first
 * needed), settings, zones, certificates, the addresses of name servers, numbers of the process itself. All
 * of /etc, as files there are replaced while we run. */
static const char *const readable[] = {
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/etc",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/NetworkManager",
    "/var/lib/ca-certificates",
    "/dev/urandom",
    "/dev/random",
    "/dev/null",
};

int
landlock_abi (void)
{
    long abi = syscall (SYS_landlock_create_ruleset, NULL, 0, VERSION);

    return abi > 0 ? (int)abi : 0;
}

static guint64
known_rights (int abi)
{
    return (guint64)FS_UP_TO_ABI_1 | (abi >= 2 ? FS_REFER : 0) | (abi >= 3 ? FS_TRUNCATE : 0) |
           (abi >= 5 ? FS_IOCTL_DEV : 0);
}

static int
create_ruleset (const SandboxPlan *plan, int abi)
{
    Ruleset ruleset = {
        .files = known_rights (abi),
        .network = abi >= 4 && plan->port ? NET_BIND_TCP : 0,
        .scopes = abi >= 6 ? SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS : 0,
    };

    return (int)syscall (SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
}

/* keep: what the rule stands on stays open, because files of /proc are made anew when nobody has them. */
static void
allow_path (int ruleset, const char *path, guint64 rights, gboolean keep)
{
    int fd = open (path, O_PATH | O_CLOEXEC);
    PathRule rule = { .allowed = rights, .fd = fd };
    struct stat status;

    if (fd < 0)
        return; /* what is not there needs no rule */
    if (fstat (fd, &status) == 0 && !S_ISDIR (status.st_mode))
        rule.allowed &= OF_A_FILE;
    syscall (SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0);
    if (!keep)
        close (fd);
}

static void
allow_paths (int ruleset, const char *const *paths, guint64 rights)
{
    for (; paths && *paths; paths++)
        allow_path (ruleset, *paths, rights, FALSE);
}

/* Port 0 is one of the kernel's choice: the simulators of the sample data listen there. */
static void
allow_port (int ruleset, guint16 port)
{
    PortRule rule = { .allowed = NET_BIND_TCP, .port = port };

    syscall (SYS_landlock_add_rule, ruleset, RULE_PORT, &rule, 0);
}

static void
add_rules (int ruleset, const SandboxPlan *plan, guint64 known)
{
    for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
        allow_path (ruleset, readable[i], READ, FALSE);
    allow_path (ruleset, "/proc/self", READ, TRUE);
    allow_paths (ruleset, plan->readable, READ);
    allow_paths (ruleset, plan->writable, (READ | WRITE) & known);
    if (plan->port) {
        allow_port (ruleset, plan->port);
        allow_port (ruleset, 0);
    }
}

int
landlock_enter (const SandboxPlan *plan, int abi)
{
    int ruleset = create_ruleset (plan, abi), failure = 0;

    if (ruleset < 0)
        return errno;
    add_rules (ruleset, plan, known_rights (abi));
    if (syscall (SYS_landlock_restrict_self, ruleset, 0) != 0)
        failure = errno;
    close (ruleset);
    return failure;
}
