#include "base/log.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

/* Standard error, while it goes into a pipe. */
typedef struct {
    int kept, out;
} Capture;

static Capture
capture_begin (void)
{
    Capture capture = { .kept = dup (STDERR_FILENO) };
    int ends[2];

    assert_int_equal (pipe (ends), 0);
    assert_true (dup2 (ends[1], STDERR_FILENO) >= 0);
    close (ends[1]);
    capture.out = ends[0];
    return capture;
}

static char *
capture_end (Capture capture)
{
    GString *text = g_string_new (NULL);
    char piece[4096];
    gssize n;

    assert_true (dup2 (capture.kept, STDERR_FILENO) >= 0); /* closes the writing end */
    close (capture.kept);
    while ((n = read (capture.out, piece, sizeof piece)) > 0)
        g_string_append_len (text, piece, n);
    close (capture.out);
    return g_string_free (text, FALSE);
}

#define LOGGED(...)                         \
    ({                                      \
        Capture capture = capture_begin (); \
                                            \
        log_event (__VA_ARGS__, NULL);      \
        capture_end (capture);              \
    })

static json_t *
read_line (const char *line)
{
    json_error_t error;
    json_t *root = json_loads (line, JSON_REJECT_DUPLICATES, &error);

    if (!root)
        fail_msg ("%s: %s", error.text, line);
    assert_ptr_equal (strchr (line, '\n'), line + strlen (line) - 1); /* one line */
    return root;
}

static const char *
value (json_t *root, const char *name)
{
    return json_string_value (json_object_get (root, name));
}

static void
json_lines_are_json (void **state)
{
    g_autofree char *line = NULL;
    json_t *root;

    log_setup (LOG_INFO, LOG_JSON);
    line = LOGGED (LOG_WARNING, "sync.finished", "all \"3\" accounts\n\\ are up to date", "job", "17", "note",
                   (char *)NULL, "name", "Ünïcødé \x01");
    root = read_line (line);
    assert_string_equal (value (root, "level"), "warning");
    assert_string_equal (value (root, "event"), "sync.finished");
    assert_string_equal (value (root, "message"), "all \"3\" accounts\n\\ are up to date");
    assert_string_equal (value (root, "job"), "17");
    assert_string_equal (value (root, "note"), "-");
    assert_string_equal (value (root, "name"), "Ünïcødé \x01");
    assert_int_equal (value (root, "time")[10], 'T');
    assert_int_equal (json_object_size (root), 7);
    json_decref (root);
}

static void
text_lines_are_for_people (void **state)
{
    g_autofree char *line = NULL;

    log_setup (LOG_INFO, LOG_TEXT);
    line = LOGGED (LOG_ERROR, "sync.failed", "the token is dead", "source", "ga4", "note", (char *)NULL);
    assert_non_null (strstr (line, " error   the token is dead  source=ga4  note=-\n"));
    assert_true (g_ascii_isdigit (line[0]) && line[2] == ':' && line[5] == ':');
}

/* No value can end a line, start one, or move the cursor. */
static void
lines_cannot_be_forged (void **state)
{
    static const char evil[] = "x\r\n{\"level\":\"error\"}\n\x1b[2J\x1b]0;t\x07\x08\x7f\xc2\x9b"
                               "31m\t\xff\xfe\xe2\x28\xa1";

    for (LogFormat format = LOG_TEXT; format <= LOG_JSON; format++) {
        g_autofree char *line = NULL;

        log_setup (LOG_INFO, format);
        line = LOGGED (LOG_INFO, "a", evil, "value", evil);
        assert_ptr_equal (strchr (line, '\n'), line + strlen (line) - 1);
        assert_true (g_utf8_validate (line, -1, NULL));
        for (const char *at = line; at[1]; at++)
            assert_true ((guchar)*at >= 0x20);
        if (format == LOG_TEXT)
            assert_null (strstr (line, "\xc2\x9b"));
        else
            json_decref (read_line (line));
    }
}

static void
secrets_are_masked (void **state)
{
    static const char *const names[] = {
        "token",      "access_token",  "refreshToken",  "X-CRON-TOKEN",  "client_secret",       "SECRET",
        "password",   "Password_hash", "authorization", "Authorization", "Proxy-Authorization", "cookie",
        "Set-Cookie", "code",          "key",           "api_key",       "OPENAI_API_KEY",      "credential"
    };

    for (LogFormat format = LOG_TEXT; format <= LOG_JSON; format++) {
        log_setup (LOG_INFO, format);
        for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
            g_autofree char *line = LOGGED (LOG_INFO, "a", "b", names[i], "canary-77", "job", "17");

            assert_true (log_name_is_secret (names[i]));
            assert_null (strstr (line, "canary"));
            assert_non_null (strstr (line, "********"));
            assert_non_null (strstr (line, "17"));
        }
    }
}

static void
plain_names_are_shown (void **state)
{
    static const char *const names[] = { "job",  "source",   "status_code", "path",
                                         "user", "keyboard", "address",     "" };

    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        assert_false (log_name_is_secret (names[i]));
}

static void
levels_are_kept (void **state)
{
    for (LogLevel least = LOG_DEBUG; least <= LOG_ERROR; least++) {
        log_setup (least, LOG_TEXT);
        for (LogLevel level = LOG_DEBUG; level <= LOG_ERROR; level++) {
            g_autofree char *line = LOGGED (level, "a", "sentence");

            assert_int_equal (log_enabled (level), level >= least);
            assert_int_equal (*line != '\0', level >= least);
        }
    }
}

static void
ready_lines_go_out_as_they_are (void **state)
{
    Capture capture = capture_begin ();
    g_autofree char *text = NULL;

    log_write_raw ("one\ntwo\n", 8);
    log_write_raw ("unseen", 0);
    text = capture_end (capture);
    assert_string_equal (text, "one\ntwo\n");
}

#define LINES   200
#define THREADS 4

static void *
write_lines (void *user)
{
    for (int i = 0; i < LINES; i++)
        log_event (LOG_INFO, "thread", "a sentence of some length, so that lines could mix if they would",
                   "who", (const char *)user, NULL);
    return NULL;
}

static void *
drain (void *user)
{
    GString *text = g_string_new (NULL);
    char piece[512];
    gssize n;

    while ((n = read (GPOINTER_TO_INT (user), piece, sizeof piece)) > 0)
        g_string_append_len (text, piece, n);
    return g_string_free (text, FALSE);
}

static void
threads_do_not_mix_lines (void **state)
{
    static char names[THREADS][2] = { "a", "b", "c", "d" };
    pthread_t writers[THREADS], reader;
    Capture capture = capture_begin ();
    void *text = NULL;
    g_auto (GStrv) lines = NULL;

    log_setup (LOG_INFO, LOG_JSON);
    pthread_create (&reader, NULL, drain, GINT_TO_POINTER (capture.out));
    for (int i = 0; i < THREADS; i++)
        pthread_create (&writers[i], NULL, write_lines, names[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join (writers[i], NULL);
    dup2 (capture.kept, STDERR_FILENO);
    close (capture.kept);
    pthread_join (reader, &text);
    close (capture.out);
    lines = g_strsplit (text, "\n", -1);
    assert_int_equal (g_strv_length (lines), THREADS * LINES + 1);
    for (int i = 0; i < THREADS * LINES; i++) {
        json_t *root = json_loads (lines[i], 0, NULL);

        assert_non_null (root);
        json_decref (root);
    }
    g_free (text);
}

static void
ignore_signal (int number)
{
}

/* A signal in the middle of a write to a full pipe loses nothing. */
static void
signals_lose_no_line (void **state)
{
    const struct sigaction tick = { .sa_handler = ignore_signal }; /* without SA_RESTART */
    const struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, never = { { 0, 0 }, { 0, 0 } };
    g_autofree char *big = g_strnfill (1 << 20, 'x'), *text = NULL;
    Capture capture = capture_begin ();
    pthread_t reader;
    sigset_t alarms;
    void *got = NULL;

    sigemptyset (&alarms);
    sigaddset (&alarms, SIGALRM);
    pthread_sigmask (SIG_BLOCK, &alarms, NULL); /* the reader must not catch it */
    pthread_create (&reader, NULL, drain, GINT_TO_POINTER (capture.out));
    pthread_sigmask (SIG_UNBLOCK, &alarms, NULL);
    sigaction (SIGALRM, &tick, NULL);
    setitimer (ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 20; i++)
        log_write_raw (big, 1 << 20);
    setitimer (ITIMER_REAL, &never, NULL);
    dup2 (capture.kept, STDERR_FILENO);
    close (capture.kept);
    pthread_join (reader, &got);
    close (capture.out);
    text = got;
    assert_int_equal (strlen (text), 20 << 20);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (json_lines_are_json),
        cmocka_unit_test (text_lines_are_for_people),
        cmocka_unit_test (lines_cannot_be_forged),
        cmocka_unit_test (secrets_are_masked),
        cmocka_unit_test (plain_names_are_shown),
        cmocka_unit_test (levels_are_kept),
        cmocka_unit_test (ready_lines_go_out_as_they_are),
        cmocka_unit_test (threads_do_not_mix_lines),
        cmocka_unit_test (signals_lose_no_line),
    };

    return cmocka_run_group_tests_name ("log", tests, NULL, NULL);
}
