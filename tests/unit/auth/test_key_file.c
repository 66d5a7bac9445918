#include "auth/seal.h"

#include "base/fault.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PROCESSES 8

typedef struct {
    char *folder, *path;
} Fixture;

static int
set_up (void **state)
{
    Fixture *f = g_new0 (Fixture, 1);

    f->folder = g_dir_make_tmp ("daymark-key-XXXXXX", NULL);
    f->path = g_build_filename (f->folder, "daymark.key", NULL);
    *state = f;
    return 0;
}

/* Also proves that nothing but the key was left behind. */
static int
tear_down (void **state)
{
    Fixture *f = *state;
    int left;

    g_unlink (f->path);
    left = g_rmdir (f->folder);
    g_free (f->path);
    g_free (f->folder);
    g_free (f);
    return left;
}

static void
fails (const char *path, const char *words)
{
    g_autoptr (GError) error = NULL;

    assert_null (sealer_key_file (path, &error));
    assert_true (fault_is (error, FAULT_INVALID));
    assert_non_null (strstr (error->message, path));
    if (!strstr (error->message, words))
        fail_msg ("\"%s\" lacks \"%s\"", error->message, words);
}

static void
put (const char *path, const char *text, int mode)
{
    assert_true (g_file_set_contents (path, text, -1, NULL));
    assert_int_equal (g_chmod (path, mode), 0);
}

static void
key_is_made_once (void **state)
{
    Fixture *f = *state;
    g_autoptr (GError) error = NULL;
    mode_t mask = umask (0);
    char *first = sealer_key_file (f->path, &error), *second;
    g_autoptr (Sealer) sealer = NULL;
    struct stat status;

    umask (mask);
    assert_null (error);
    assert_int_equal (strlen (first), 64);
    assert_int_equal (strspn (first, "0123456789abcdef"), 64);
    assert_int_equal (g_stat (f->path, &status), 0);
    assert_int_equal (status.st_mode & 07777, 0600);
    second = sealer_key_file (f->path, NULL);
    assert_string_equal (first, second);
    sealer = sealer_new (first, NULL);
    assert_non_null (sealer);
    secret_free (first);
    secret_free (second);
}

static void
two_files_two_keys (void **state)
{
    Fixture *f = *state;
    char *first = sealer_key_file (f->path, NULL), *second;

    g_unlink (f->path);
    second = sealer_key_file (f->path, NULL);
    assert_string_not_equal (first, second);
    secret_free (first);
    secret_free (second);
}

/* A child of the race: waits for the starting shot, then reports the key it got. */
static void
race (const char *path, int start, int report)
{
    char shot, *key;

    if (read (start, &shot, 1) != 0)
        _exit (1);
    key = sealer_key_file (path, NULL);
    if (!key || write (report, key, strlen (key)) != 64)
        _exit (1);
    _exit (0);
}

static void
processes_agree (void **state)
{
    Fixture *f = *state;

    for (int round = 0; round < 20; round++) {
        int start[2], report[2], status;
        char keys[PROCESSES * 64 + 1] = "";

        assert_int_equal (pipe (start), 0);
        assert_int_equal (pipe (report), 0);
        for (int i = 0; i < PROCESSES; i++) {
            if (fork () == 0) {
                close (start[1]);
                race (f->path, start[0], report[1]);
            }
        }
        close (start[0]);
        close (start[1]); /* the shot: end of file for all at once */
        for (int i = 0; i < PROCESSES; i++) {
            assert_true (wait (&status) > 0);
            assert_int_equal (status, 0);
        }
        assert_int_equal (read (report[0], keys, sizeof keys - 1), PROCESSES * 64);
        for (int i = 1; i < PROCESSES; i++)
            assert_memory_equal (keys, keys + 64 * i, 64);
        close (report[0]);
        close (report[1]);
        g_unlink (f->path);
    }
}

static void
open_files_are_refused (void **state)
{
    static const int modes[] = { 0640, 0604, 0660, 0644, 0620, 0602, 0610, 0777 };
    Fixture *f = *state;

    for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
        put (f->path, "00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210", modes[i]);
        fails (f->path, "chmod 600");
    }
}

static void
own_keys_are_read (void **state)
{
    Fixture *f = *state;
    char *key;

    put (f->path, "  a passphrase of my own\n", 0400);
    key = sealer_key_file (f->path, NULL);
    assert_string_equal (key, "a passphrase of my own");
    secret_free (key);
}

static void
other_things_are_refused (void **state)
{
    Fixture *f = *state;
    g_autofree char *big = g_strnfill (2000, 'k'), *target = g_build_filename (f->folder, "target", NULL);
    g_autofree char *deep = g_build_filename (f->folder, "none", "daymark.key", NULL);

    put (f->path, "", 0600);
    fails (f->path, "is empty");
    put (f->path, " \n", 0600);
    fails (f->path, "is empty");
    put (f->path, big, 0600);
    fails (f->path, "does not hold a key");
    assert_true (g_file_set_contents (f->path, "a\0b", 3, NULL));
    assert_int_equal (g_chmod (f->path, 0600), 0);
    fails (f->path, "does not hold a key");
    g_unlink (f->path);
    assert_int_equal (g_mkdir (f->path, 0700), 0);
    fails (f->path, "not a plain file");
    g_rmdir (f->path);
    assert_int_equal (mkfifo (f->path, 0600), 0); /* must not wait for a writer */
    fails (f->path, "not a plain file");
    g_unlink (f->path);
    put (target, "00112233445566778899aabbccddeeff0123456789abcdeffedcba9876543210", 0600);
    assert_int_equal (symlink (target, f->path), 0);
    fails (f->path, "cannot be opened");
    g_unlink (target);
    fails (deep, "cannot be created");
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, set_up, tear_down)

static void
next_key_waits_until_it_is_adopted (void **state)
{
    Fixture *f = *state;
    char *first = sealer_key_file (f->path, NULL);
    char *next = sealer_key_next_write (f->path, NULL, NULL), *kept = sealer_key_file (f->path, NULL);
    char *again, *adopted;
    g_autoptr (GError) error = NULL;

    assert_int_equal (strlen (next), 64);
    assert_string_not_equal (first, next);
    assert_string_equal (first, kept);
    again = sealer_key_next_write (f->path, "another key", &error); /* it may be in use */
    assert_null (again);
    assert_true (fault_is (error, FAULT_CONFLICT));
    assert_true (sealer_key_next_adopt (f->path, NULL));
    assert_false (sealer_key_next_exists (f->path));
    adopted = sealer_key_file (f->path, NULL);
    assert_string_equal (adopted, next);
    secret_free (first);
    secret_free (next);
    secret_free (kept);
    secret_free (adopted);
}

static void
next_key_can_be_given_and_dropped (void **state)
{
    Fixture *f = *state;
    char *given = sealer_key_next_write (f->path, "a phrase of somebody's", NULL);
    g_autoptr (GError) error = NULL;

    assert_string_equal (given, "a phrase of somebody's");
    secret_free (given);
    assert_true (sealer_key_next_drop (f->path, NULL));
    assert_null (sealer_key_next_read (f->path, &error));
    assert_true (fault_is (error, FAULT_INVALID));
    assert_false (sealer_key_next_adopt (f->path, NULL));
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        TEST (key_is_made_once),
        TEST (two_files_two_keys),
        TEST (processes_agree),
        TEST (open_files_are_refused),
        TEST (own_keys_are_read),
        TEST (other_things_are_refused),
        TEST (next_key_waits_until_it_is_adopted),
        TEST (next_key_can_be_given_and_dropped),
    };

    return cmocka_run_group_tests_name ("key_file", tests, NULL, NULL);
}
