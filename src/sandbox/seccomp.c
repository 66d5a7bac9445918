/* seccomp.c -- which system calls may be made.
 *
 * A list of what is refused, not of what is allowed: libraries of the system change their ways
 * (and calls) with every edition, and what this program needs least is to fail at night because
 * of one. Refused is what starts programs, looks into others, changes the system, or has been a way
 * into the kernel; a caller gets EPERM, as from a kernel that knows him not to be root. */
#include "sandbox/internal.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TYPE_OF_SOCKET 0xf
#define REFUSED        SCMP_ACT_ERRNO (EPERM)

/* A call that the architecture does not have has a number below zero, and is left out. */
static const int refused[] = {
    /* start a program */
    SCMP_SYS (execve),
    SCMP_SYS (execveat),
    SCMP_SYS (fork),
    SCMP_SYS (vfork),
    /* look into other processes */
    SCMP_SYS (ptrace),
    SCMP_SYS (process_vm_readv),
    SCMP_SYS (process_vm_writev),
    SCMP_SYS (process_madvise),
    SCMP_SYS (pidfd_open),
    SCMP_SYS (pidfd_getfd),
    SCMP_SYS (pidfd_send_signal),
    SCMP_SYS (kcmp),
    /* file systems */
    SCMP_SYS (mount),
    SCMP_SYS (umount),
    SCMP_SYS (umount2),
    SCMP_SYS (mount_setattr),
    SCMP_SYS (move_mount),
    SCMP_SYS (open_tree),
    SCMP_SYS (fsopen),
    SCMP_SYS (fsconfig),
    SCMP_SYS (fsmount),
    SCMP_SYS (fspick),
    SCMP_SYS (pivot_root),
    SCMP_SYS (chroot),
    SCMP_SYS (mknod),
    SCMP_SYS (mknodat),
    SCMP_SYS (quotactl),
    SCMP_SYS (quotactl_fd),
    SCMP_SYS (fanotify_init),
    SCMP_SYS (name_to_handle_at),
    SCMP_SYS (open_by_handle_at),
    /* other names for the same things */
    SCMP_SYS (setns),
    SCMP_SYS (unshare),
    SCMP_SYS (personality),
    /* the kernel and the machine */
    SCMP_SYS (bpf),
    SCMP_SYS (perf_event_open),
    SCMP_SYS (userfaultfd),
    SCMP_SYS (io_uring_setup),
    SCMP_SYS (io_uring_enter),
    SCMP_SYS (io_uring_register),
    SCMP_SYS (add_key),
    SCMP_SYS (request_key),
    SCMP_SYS (keyctl),
    SCMP_SYS (init_module),
    SCMP_SYS (finit_module),
    SCMP_SYS (delete_module),
    SCMP_SYS (kexec_load),
    SCMP_SYS (kexec_file_load),
    SCMP_SYS (reboot),
    SCMP_SYS (swapon),
    SCMP_SYS (swapoff),
    SCMP_SYS (acct),
    SCMP_SYS (syslog),
    SCMP_SYS (lookup_dcookie),
    SCMP_SYS (vhangup),
    SCMP_SYS (modify_ldt),
    SCMP_SYS (iopl),
    SCMP_SYS (ioperm),
    SCMP_SYS (settimeofday),
    SCMP_SYS (stime),
    SCMP_SYS (clock_settime),
    SCMP_SYS (clock_settime64),
    SCMP_SYS (clock_adjtime),
    SCMP_SYS (clock_adjtime64),
    SCMP_SYS (adjtimex),
    SCMP_SYS (sethostname),
    SCMP_SYS (setdomainname),
};

/* Refused with these arguments only. */
typedef struct {
    int call;
    guint n;
    struct scmp_arg_cmp when[2];
} Condition;

static const Condition conditions[] = {
    /* a new process is none of our threads (glibc tries clone3 first, and takes clone where there is none) */
    { SCMP_SYS (clone), 1, { { 0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0 } } },
    /* memory that can be written and run, and memory that becomes so */
    { SCMP_SYS (mmap), 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_WRITE | PROT_EXEC, PROT_WRITE | PROT_EXEC } } },
    { SCMP_SYS (mprotect), 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC } } },
    { SCMP_SYS (pkey_mprotect), 1, { { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC } } },
    { SCMP_SYS (shmat), 1, { { 2, SCMP_CMP_MASKED_EQ, SHM_EXEC, SHM_EXEC } } },
    /* typing into somebody's terminal */
    { SCMP_SYS (ioctl), 1, { { 1, SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI } } },
    /* packets of one's own making, and protocols beyond UDP's number: those that Landlock does not watch */
    { SCMP_SYS (socket),
      2,
      { { 0, SCMP_CMP_EQ, AF_INET }, { 1, SCMP_CMP_MASKED_EQ, TYPE_OF_SOCKET, SOCK_RAW } } },
    { SCMP_SYS (socket),
      2,
      { { 0, SCMP_CMP_EQ, AF_INET6 }, { 1, SCMP_CMP_MASKED_EQ, TYPE_OF_SOCKET, SOCK_RAW } } },
    { SCMP_SYS (socket), 2, { { 0, SCMP_CMP_EQ, AF_INET }, { 2, SCMP_CMP_GT, IPPROTO_UDP } } },
    { SCMP_SYS (socket), 2, { { 0, SCMP_CMP_EQ, AF_INET6 }, { 2, SCMP_CMP_GT, IPPROTO_UDP } } },
    /* names are looked up with the help of routes; nothing else of netlink's */
    { SCMP_SYS (socket), 2, { { 0, SCMP_CMP_EQ, AF_NETLINK }, { 2, SCMP_CMP_NE, NETLINK_ROUTE } } },
    { SCMP_SYS (socket), 1, { { 0, SCMP_CMP_GT, AF_NETLINK } } },
};

gboolean
seccomp_possible (void)
{
    guint32 action = SECCOMP_RET_ERRNO;

    return syscall (SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

/* Which were never heard of here: no AppleTalk, no amateur radio. */
static int
refuse_families (scmp_filter_ctx filter)
{
    int failure = 0;

    for (guint family = 0; family < AF_NETLINK && failure == 0; family++)
        if (family != AF_UNIX && family != AF_INET && family != AF_INET6)
            failure = seccomp_rule_add (filter, REFUSED, SCMP_SYS (socket), 1, SCMP_A0 (SCMP_CMP_EQ, family));
    return failure;
}

static int
fill (scmp_filter_ctx filter)
{
    int failure = seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (clone3), 0);

    for (guint i = 0; i < G_N_ELEMENTS (refused) && failure == 0; i++)
        if (refused[i] >= 0)
            failure = seccomp_rule_add (filter, REFUSED, refused[i], 0);
    for (guint i = 0; i < G_N_ELEMENTS (conditions) && failure == 0; i++)
        if (conditions[i].call >= 0)
            failure = seccomp_rule_add_array (filter, REFUSED, conditions[i].call, conditions[i].n,
                                              conditions[i].when);
    return failure ? failure : refuse_families (filter);
}

int
seccomp_enter (void)
{
    scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ALLOW);
    int failure;

    if (!filter)
        return ENOMEM;
    failure = fill (filter);
    if (failure == 0)
        failure = seccomp_load (filter);
    seccomp_release (filter);
    return -failure;
}
