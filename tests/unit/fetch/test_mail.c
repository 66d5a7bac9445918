/* A mail server that says nothing, one that is not there, and addresses that are none. */
#include "base/fault.h"
#include "fetch/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIMIT_MS 300

/* Takes connections, and says nothing. */
static int
listen_silently (char url[static 40])
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl (INADDR_LOOPBACK) } };
    socklen_t size = sizeof address;
    int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal (bind (fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal (listen (fd, 4), 0);
    assert_int_equal (getsockname (fd, (struct sockaddr *)&address, &size), 0);
    g_snprintf (url, 40, "smtp://127.0.0.1:%u", ntohs (address.sin_port));
    return fd;
}

static void
fails_with (const char *url, const char *to, const gint *cancel, FaultCode code)
{
    MailServer server = { .url = url };
    MailMessage message = {
        .from = "a@example.org", .to = to, .data = "\r\n", .size = 2, .timeout_ms = LIMIT_MS
    };
    g_autoptr (GError) error = NULL;

    assert_false (mail_send (&server, &message, cancel, &error));
    assert_true (fault_is (error, code));
}

static void
test_silence (void **state)
{
    char url[40];
    int fd = listen_silently (url);
    g_autoptr (GError) error = NULL;
    const gint stop = 1;

    fails_with (url, "b@example.org", NULL, FAULT_TIMEOUT);
    fails_with (url, "b@example.org", &stop, FAULT_CANCELLED);
    assert_false (mail_probe (&(MailServer){ .url = url }, LIMIT_MS, &error));
    assert_true (fault_is (error, FAULT_TIMEOUT));
    close (fd);
    fails_with (url, "b@example.org", NULL, FAULT_LOST);
}

static void
test_addresses (void **state)
{
    fails_with ("smtp://127.0.0.1:1", "b@example.org\r\nRCPT TO:<c@example.org>", NULL, FAULT_INVALID);
    fails_with ("smtp://127.0.0.1:1", "", NULL, FAULT_INVALID);
    fails_with ("file:///etc/passwd", "b@example.org", NULL, FAULT_LOST);
}

int
main (void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test (test_silence), cmocka_unit_test (test_addresses) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
