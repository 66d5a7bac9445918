/* What the sandbox refuses and what it leaves, tried for real: each attempt in a process of its own, with
 * the rights of whoever runs the tests (root's, often). */
#include "base/date.h"
#include "sandbox/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define OTHER_PORT 1  /* nobody's */
#define BROKEN     99 /* what should have worked did not, for another reason than a refusal */

static char *folder, *inside, *outside; /* two folders in one, of which the plan names one */
static guint16 own_port;

/* ---- attempts: 0, or errno ---- */

static int
code_of (long result)
{
    return result < 0 ? errno : 0;
}

static int
open_at (const char *where, const char *name, int flags)
{
    g_autofree char *path = g_build_filename (where, name, NULL);
    int fd = open (path, flags | O_CLOEXEC, 0600), failure = code_of (fd);

    if (fd >= 0)
        close (fd);
    return failure;
}

static int
read_settings (void)
{
    return open_at ("/etc", "nsswitch.conf", O_RDONLY);
}

static int
write_settings (void)
{
    return open_at ("/etc", "passwd", O_RDWR);
}

static int
read_outside (void)
{
    return open_at (outside, "file", O_RDONLY);
}

static int
write_outside (void)
{
    return open_at (outside, "new", O_WRONLY | O_CREAT);
}

static int
list_outside (void)
{
    DIR *dir = opendir (outside);

    return dir ? closedir (dir) : errno;
}

static int
truncate_outside (void)
{
    g_autofree char *path = g_build_filename (outside, "file", NULL);

    return code_of (truncate (path, 0));
}

static int
through_a_link (void)
{
    return open_at (inside, "link", O_RDONLY);
}

static int
look_into_init (void)
{
    return open_at ("/proc/1", "status", O_RDONLY);
}

static int
look_into_itself (void)
{
    return open_at ("/proc/self", "statm", O_RDONLY);
}

static int
work_inside (void)
{
    g_autofree char *from = g_build_filename (inside, "one", NULL),
                    *to = g_build_filename (inside, "two", NULL);
    int failure = open_at (inside, "one", O_RDWR | O_CREAT);

    if (failure == 0)
        failure = code_of (truncate (from, 10)) || code_of (rename (from, to));
    return failure ? failure : code_of (unlink (to));
}

static int
move_out (void)
{
    g_autofree char *from = g_build_filename (inside, "file", NULL),
                    *to = g_build_filename (outside, "x", NULL);

    return code_of (rename (from, to));
}

static int
run_a_program (void)
{
    execl ("/bin/true", "true", NULL);
    return errno;
}

static int
run_by_descriptor (void)
{
    char *const none[] = { NULL };
    int fd = open ("/bin/true", O_RDONLY | O_CLOEXEC);

    return fd < 0 ? BROKEN : code_of (syscall (SYS_execveat, fd, "", none, none, AT_EMPTY_PATH));
}

static int
make_a_process (void)
{
    long pid = syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

    if (pid == 0)
        _exit (0);
    return code_of (pid);
}

static int
make_a_process_anew (void)
{
    guint64 arguments[8] = { 0 };

    return code_of (syscall (SYS_clone3, arguments, sizeof arguments));
}

static void *
try_in_a_thread (void *user)
{
    *(int *)user = read_outside ();
    return NULL;
}

static int
try_by_a_thread (void)
{
    pthread_t thread;
    int failure = 0;

    if (pthread_create (&thread, NULL, try_in_a_thread, &failure) != 0)
        return BROKEN;
    pthread_join (thread, NULL);
    return failure;
}

static int
trace_the_parent (void)
{
    return code_of (ptrace (PTRACE_SEIZE, getppid (), NULL, NULL));
}

static int
read_the_parent (void)
{
    char byte;
    struct iovec here = { &byte, 1 }, there = { folder, 1 };

    return code_of (syscall (SYS_process_vm_readv, getppid (), &here, 1, &there, 1, 0));
}

static int
signal_the_parent (void)
{
    return code_of (kill (getppid (), 0));
}

static int
bind_to (guint16 port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons (port),
                                   .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd < 0 ? BROKEN : code_of (bind (fd, (struct sockaddr *)&address, sizeof address));
}

static int
bind_own_port (void)
{
    return bind_to (own_port);
}

static int
bind_any_port (void)
{
    return bind_to (0);
}

static int
bind_other_port (void)
{
    return bind_to (OTHER_PORT);
}

static int
open_socket (int family, int type, int protocol)
{
    return code_of (socket (family, type | SOCK_CLOEXEC, protocol));
}

static int
socket_of_packets (void)
{
    return open_socket (AF_PACKET, SOCK_RAW, 0);
}

static int
socket_raw (void)
{
    return open_socket (AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int
socket_around (void)
{
    return open_socket (AF_INET, SOCK_STREAM, 262 /* MPTCP: Landlock does not see its ports */);
}

static int
socket_of_machines (void)
{
    return open_socket (AF_VSOCK, SOCK_STREAM, 0);
}

static int
socket_of_audit (void)
{
    return open_socket (AF_NETLINK, SOCK_RAW, 9);
}

static int
sockets_in_use (void)
{
    static const struct {
        int family, type;
    } used[] = { { AF_UNIX, SOCK_STREAM },  { AF_INET, SOCK_STREAM }, { AF_INET, SOCK_DGRAM },
                 { AF_INET6, SOCK_STREAM }, { AF_INET6, SOCK_DGRAM }, { AF_NETLINK, SOCK_RAW } };
    int failure = 0;

    for (guint i = 0; i < G_N_ELEMENTS (used) && failure == 0; i++)
        failure = open_socket (used[i].family, used[i].type, 0);
    return failure == EAFNOSUPPORT ? 0 : failure; /* a machine without IPv6 */
}

static int
memory_to_run (void)
{
    return mmap (NULL, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno
                                                                                                       : 0;
}

static int
memory_that_turns (void)
{
    void *page = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page == MAP_FAILED ? BROKEN : code_of (mprotect (page, 4096, PROT_READ | PROT_EXEC));
}

static int
type_into_a_terminal (void)
{
    return code_of (ioctl (0, TIOCSTI, "x"));
}

static int
new_namespace (void)
{
    return code_of (unshare (CLONE_NEWUSER));
}

static int
ring (void)
{
    guint8 parameters[120] = { 0 };

    return code_of (syscall (SYS_io_uring_setup, 1, parameters));
}

static int
keys (void)
{
    return code_of (syscall (SYS_keyctl, 0, -3, 0));
}

static int
mount_something (void)
{
    return code_of (syscall (SYS_mount, "none", inside, "tmpfs", 0, NULL));
}

/* Loads a library of the system, asks the kernel for addresses, reads /etc/hosts. */
static int
look_up_a_name (void)
{
    struct addrinfo *found = NULL;
    int code = getaddrinfo ("localhost", "80", NULL, &found);

    if (code == 0)
        freeaddrinfo (found);
    return code == 0 ? 0 : BROKEN;
}

static int
read_a_zone (void)
{
    g_autoptr (GTimeZone) zone = zone_find ("Pacific/Chatham");

    return zone ? 0 : BROKEN;
}

static int
read_certificates (void)
{
    int failure = open_at ("/etc/ssl/certs", "ca-certificates.crt", O_RDONLY);

    return failure == ENOENT ? 0 : failure;
}

typedef enum { LANDLOCK = 1, SECCOMP = 2 } Part;

static const struct {
    const char *what;
    int (*attempt) (void);
    Part by;
    int refusal; /* 0: it is allowed */
    int abi;     /* that Landlock needs for it */
} attempts[] = {
    { "read settings of the system", read_settings },
    { "write settings of the system", write_settings, LANDLOCK, EACCES, 1 },
    { "read a file outside", read_outside, LANDLOCK, EACCES, 1 },
    { "write a file outside", write_outside, LANDLOCK, EACCES, 1 },
    { "list a folder outside", list_outside, LANDLOCK, EACCES, 1 },
    { "truncate a file outside", truncate_outside, LANDLOCK, EACCES, 3 },
    { "read through a link that leads out", through_a_link, LANDLOCK, EACCES, 1 },
    { "look into another process", look_into_init, LANDLOCK, EACCES, 1 },
    { "look into itself", look_into_itself },
    { "make, cut, rename and remove a file inside", work_inside },
    { "move a file out", move_out, LANDLOCK, EACCES, 1 },
    { "run a program", run_a_program, LANDLOCK, EACCES, 1 },
    { "run a program all the same", run_a_program, SECCOMP, EPERM },
    { "run a program by its descriptor", run_by_descriptor, SECCOMP, EPERM },
    { "make a process", make_a_process, SECCOMP, EPERM },
    { "make a process in the new way", make_a_process_anew, SECCOMP, ENOSYS },
    { "read outside by a thread", try_by_a_thread, LANDLOCK, EACCES, 1 },
    { "trace the parent", trace_the_parent, SECCOMP, EPERM },
    { "read the parent's memory", read_the_parent, SECCOMP, EPERM },
    { "signal the parent", signal_the_parent, LANDLOCK, EPERM, 6 },
    { "take its own port", bind_own_port },
    { "take a port of the kernel's choice", bind_any_port },
    { "take another port", bind_other_port, LANDLOCK, EACCES, 4 },
    { "a socket of packets", socket_of_packets, SECCOMP, EPERM },
    { "a raw socket", socket_raw, SECCOMP, EPERM },
    { "a socket that Landlock does not see", socket_around, SECCOMP, EPERM },
    { "a socket between machines", socket_of_machines, SECCOMP, EPERM },
    { "a socket of the kernel's audit", socket_of_audit, SECCOMP, EPERM },
    { "the sockets that are used", sockets_in_use },
    { "memory to be written and run", memory_to_run, SECCOMP, EPERM },
    { "memory that becomes a program", memory_that_turns, SECCOMP, EPERM },
    { "type into a terminal", type_into_a_terminal, SECCOMP, EPERM },
    { "a namespace", new_namespace, SECCOMP, EPERM },
    { "io_uring", ring, SECCOMP, EPERM },
    { "the kernel's keys", keys, SECCOMP, EPERM },
    { "mount something", mount_something, SECCOMP, EPERM },
    { "look up a name", look_up_a_name },
    { "read a zone", read_a_zone },
    { "read the certificates of the world", read_certificates },
};

/* ---- the stage ---- */

static int
set_up (void **state)
{
    g_autofree char *file = NULL, *other = NULL, *link = NULL;

    folder = g_dir_make_tmp ("daymark-sandbox-XXXXXX", NULL);
    inside = g_build_filename (folder, "inside", NULL);
    outside = g_build_filename (folder, "outside", NULL);
    file = g_build_filename (outside, "file", NULL);
    other = g_build_filename (inside, "file", NULL);
    link = g_build_filename (inside, "link", NULL);
    own_port = (guint16)(20000 + getpid () % 10000);
    return g_mkdir (inside, 0700) || g_mkdir (outside, 0700) || !g_file_set_contents (file, "x", 1, NULL) ||
           !g_file_set_contents (other, "x", 1, NULL) || symlink (file, link);
}

static int
tear_down (void **state)
{
    static const char *const left[] = { "inside/file", "inside/link", "outside/file", "outside/x",
                                        "outside/new", "inside",      "outside",      "" };

    for (guint i = 0; i < G_N_ELEMENTS (left); i++) {
        g_autofree char *path = g_build_filename (folder, left[i], NULL);

        g_remove (path);
    }
    g_free (inside);
    g_free (outside);
    g_free (folder);
    return 0;
}

static int
enter (Part parts)
{
    const char *const writable[] = { inside, NULL };
    SandboxPlan plan = { .writable = writable, .port = own_port };
    int failure = parts & LANDLOCK ? landlock_enter (&plan, landlock_abi ()) : 0;

    return failure || !(parts & SECCOMP) ? failure : seccomp_enter ();
}

/* What a child says when it has done this; parts: of the sandbox that it is in. Sanitizers are told
 * nothing of its end, as they would look into it in ways that are refused. */
static int
in_a_child (Part parts, int (*attempt) (void))
{
    pid_t pid = fork ();
    int status;

    if (pid == 0)
        _exit (enter (parts) == 0 ? attempt () : BROKEN);
    assert_int_equal (waitpid (pid, &status, 0), pid);
    assert_true (WIFEXITED (status));
    return WEXITSTATUS (status);
}

static void
test_attempts (void **state)
{
    int abi = landlock_abi ();

    for (guint i = 0; i < G_N_ELEMENTS (attempts); i++) {
        Part parts = attempts[i].by ? attempts[i].by : (abi ? LANDLOCK | SECCOMP : SECCOMP);
        int code;

        if (attempts[i].by == LANDLOCK && abi < attempts[i].abi)
            continue;
        code = in_a_child (parts, attempts[i].attempt);
        if (code != attempts[i].refusal)
            fail_msg ("%s: %s instead of %s", attempts[i].what, g_strerror (code),
                      g_strerror (attempts[i].refusal));
    }
}

/* ---- kernels that have less ---- */

static void
take_away (int call, int failure)
{
    scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);

    if (seccomp_rule_add (filter, SCMP_ACT_ERRNO ((guint16)failure), call, 0) != 0 ||
        seccomp_load (filter) != 0)
        _exit (BROKEN);
    seccomp_release (filter);
}

static int
without_landlock (void)
{
    SandboxState possible;

    take_away (SCMP_SYS (landlock_create_ruleset), ENOSYS);
    possible = sandbox_possible ();
    return possible.landlock;
}

static int
without_seccomp (void)
{
    SandboxState possible;

    take_away (SCMP_SYS (seccomp), EINVAL);
    possible = sandbox_possible ();
    return possible.seccomp;
}

static void
test_less (void **state)
{
    assert_int_equal (in_a_child (0, without_landlock), 0);
    assert_int_equal (in_a_child (0, without_seccomp), 0);
}

/* ---- too late ---- */

static void *
sleep_a_little (void *user)
{
    pause ();
    return NULL;
}

static int
enter_with_company (void)
{
    g_autoptr (GError) error = NULL;
    SandboxPlan plan = { 0 };
    pthread_t thread;

    if (pthread_create (&thread, NULL, sleep_a_little, NULL) != 0)
        return BROKEN;
    return sandbox_enter (&plan, FALSE, &error) || !strstr (error->message, "too late");
}

static void
test_too_late (void **state)
{
    assert_int_equal (in_a_child (0, enter_with_company), 0);
}

/* What is not required may be missing; what is in force is what is said to be. */
static int
enter_as_asked (void)
{
    g_autoptr (GError) error = NULL;
    const char *const writable[] = { inside, "/nowhere at all", NULL };
    SandboxPlan plan = { .writable = writable };
    SandboxState possible = sandbox_possible (), state;
    gboolean all = possible.landlock && possible.seccomp;

    if (sandbox_enter (&plan, TRUE, &error) != all || (!all && !strstr (error->message, "SANDBOX")))
        return 1;
    state = sandbox_state ();
    return state.landlock != possible.landlock || state.seccomp != possible.seccomp;
}

static void
test_state (void **state)
{
    assert_int_equal (in_a_child (0, enter_as_asked), 0);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_attempts),
        cmocka_unit_test (test_less),
        cmocka_unit_test (test_too_late),
        cmocka_unit_test (test_state),
    };

    return cmocka_run_group_tests (tests, set_up, tear_down);
}
