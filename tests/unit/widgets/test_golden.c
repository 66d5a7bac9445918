/* Golden tests: each folder tests/widgets/<key>/<case>/ is a story of one answer.
 *
 *   given.sql   what is in the database, on either engine; statements end with ";\n"
 *   request     user=<id> startDate=… endDate=… and what else the query may hold
 *   want.json   the answer; numbers may differ by 1e-9
 *
 * Every case runs on SQLite, and on PostgreSQL if TEST_POSTGRES_URL is set (in
 * a schema of its own, which is dropped at the end). A meta-test says which
 * widget has no case, and which SQL text no widget. */
#include "base/fault.h"
#include "store/migrate.h"
#include "widgets/widget.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef TESTS_DIR
#define TESTS_DIR "tests"
#endif

#define TOLERANCE 1e-9

static const char *
tests_dir (void)
{
    const char *set = g_getenv ("TESTS_DIR");

    return set ? set : TESTS_DIR;
}

/* Aborts the running test with the sentence of the error. */
static void
must (gboolean ok, GError **error)
{
    if (!ok)
        fail_msg ("%s", *error ? (*error)->message : "failed without an error");
}

static char *
read_file (const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    char *text = NULL;

    must (g_file_get_contents (path, &text, NULL, &error), &error);
    return text;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
    return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder, sorted; NULL-terminated. */
static GStrv
list_folder (const char *path)
{
    g_autoptr (GPtrArray) names = g_ptr_array_new ();
    g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name (dir)))
        g_ptr_array_add (names, g_strdup (name));
    g_ptr_array_sort (names, compare_names);
    g_ptr_array_add (names, NULL);
    return (GStrv)g_ptr_array_steal (names, NULL);
}

/* ---- one database an engine ------------------------------------------------ */

typedef struct {
    const char *name;
    Store *store;
    char *folder; /* SQLite: the temporary folder of the file */
    char *schema; /* PostgreSQL: ours, dropped at the end */
} Engine;

static void
run_text (Store *store, const char *text)
{
    Sql sql = { .name = "golden", .text = text };
    g_autoptr (GError) error = NULL;

    must (store_do (store, &sql, NO_PARAMS, &error) >= 0, &error);
}

static Store *
open_migrated (const char *url)
{
    g_autoptr (GError) error = NULL;
    Store *store = store_open (url, NULL, &error);

    must (store != NULL, &error);
    must (migrate (store, migrations, &error) >= 0, &error);
    return store;
}

static int
open_sqlite (void **state)
{
    static Engine engine = { .name = "sqlite" };
    g_autofree char *url = NULL;

    engine.folder = g_dir_make_tmp ("daymark-golden-XXXXXX", NULL);
    url = g_strconcat ("sqlite:", engine.folder, "/test.db", NULL);
    engine.store = open_migrated (url);
    *state = &engine;
    return 0;
}

static int
open_postgresql (void **state)
{
    static Engine engine = { .name = "postgresql" };
    const char *server = g_getenv ("TEST_POSTGRES_URL");
    g_autofree char *create = NULL, *url = NULL;
    g_autoptr (Store) store = store_open (server, NULL, NULL);

    if (!store)
        return -1;
    engine.schema = g_strdup_printf ("golden_%d", (int)getpid ());
    create = g_strdup_printf ("CREATE SCHEMA %s", engine.schema);
    run_text (store, create);
    url = g_strdup_printf ("%s%coptions=-csearch_path%%3D%s", server, strchr (server, '?') ? '&' : '?',
                           engine.schema);
    engine.store = open_migrated (url);
    *state = &engine;
    return 0;
}

static void
remove_folder (const char *folder)
{
    g_auto (GStrv) names = list_folder (folder);

    for (char **name = names; *name; name++) {
        g_autofree char *path = g_build_filename (folder, *name, NULL);

        g_unlink (path);
    }
    g_rmdir (folder);
}

static int
close_engine (void **state)
{
    Engine *engine = *state;

    if (engine->schema) {
        g_autofree char *drop = g_strdup_printf ("DROP SCHEMA %s CASCADE", engine->schema);

        run_text (engine->store, drop);
    }
    store_close (engine->store);
    if (engine->folder)
        remove_folder (engine->folder);
    g_clear_pointer (&engine->folder, g_free);
    g_clear_pointer (&engine->schema, g_free);
    return 0;
}

static void
fill (Store *store, const char *folder)
{
    static const char *const empty[] = {
        "DELETE FROM connections", "DELETE FROM source_notices",    "DELETE FROM ga4_daily",
        "DELETE FROM meta_daily",  "DELETE FROM ga4_channel_daily", "DELETE FROM ga4_landing_daily",
        "DELETE FROM ig_daily",    "DELETE FROM ga4_period_users",  "DELETE FROM ig_media",
        "DELETE FROM targets",     "DELETE FROM annotations",
    };
    g_autofree char *given = read_file (folder, "given.sql");
    g_auto (GStrv) statements = g_strsplit (given, ";\n", -1);

    for (guint i = 0; i < G_N_ELEMENTS (empty); i++)
        run_text (store, empty[i]);
    for (char **statement = statements; *statement; statement++)
        if (*g_strstrip (*statement))
            run_text (store, *statement);
}

/* ---- the comparison -------------------------------------------------------- */

static gboolean same (const json_t *want, const json_t *got, const char *path, GString *difference);

static gboolean
differ (GString *difference, const char *path, const json_t *want, const json_t *got)
{
    g_autofree char *wanted = want ? json_dumps (want, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    g_autofree char *gotten = got ? json_dumps (got, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

    g_string_append_printf (difference, "  %s: want %s, got %s\n", path, wanted ? wanted : "nothing",
                            gotten ? gotten : "nothing");
    return FALSE;
}

static gboolean
same_objects (const json_t *want, const json_t *got, const char *path, GString *difference)
{
    gboolean equal = TRUE;
    const char *key;
    json_t *value;

    json_object_foreach ((json_t *)want, key, value)
    {
        g_autofree char *inner = g_strconcat (path, ".", key, NULL);

        equal &= same (value, json_object_get (got, key), inner, difference);
    }
    json_object_foreach ((json_t *)got, key, value)
    {
        g_autofree char *inner = g_strconcat (path, ".", key, NULL);

        if (!json_object_get (want, key))
            equal = differ (difference, inner, NULL, value);
    }
    return equal;
}

static gboolean
same_arrays (const json_t *want, const json_t *got, const char *path, GString *difference)
{
    gsize n = MAX (json_array_size (want), json_array_size (got));
    gboolean equal = TRUE;

    for (gsize i = 0; i < n; i++) {
        g_autofree char *inner = g_strdup_printf ("%s[%zu]", path, i);

        equal &= same (json_array_get (want, i), json_array_get (got, i), inner, difference);
    }
    return equal;
}

static gboolean
same (const json_t *want, const json_t *got, const char *path, GString *difference)
{
    gboolean equal;

    if (json_is_object (want) && json_is_object (got))
        return same_objects (want, got, path, difference);
    if (json_is_array (want) && json_is_array (got))
        return same_arrays (want, got, path, difference);
    if (json_is_number (want) && json_is_number (got))
        equal = fabs (json_number_value (want) - json_number_value (got)) <= TOLERANCE;
    else
        equal = want && got && json_equal (want, got);
    return equal || differ (difference, path, want, got);
}

/* ---- one case -------------------------------------------------------------- */

typedef struct {
    const char *key;
    char *folder;
} Case;

static const char *
get_parameter (gconstpointer from, const char *name)
{
    return g_hash_table_lookup ((GHashTable *)from, name);
}

/* "user=… startDate=…" into a table of texts. */
static GHashTable *
read_request (const char *folder)
{
    GHashTable *table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *text = read_file (folder, "request");
    g_auto (GStrv) words = g_strsplit_set (text, " \n", -1);

    for (char **word = words; *word; word++) {
        char *equals = strchr (*word, '=');

        if (equals)
            g_hash_table_insert (table, g_strndup (*word, (gsize)(equals - *word)), g_strdup (equals + 1));
    }
    return table;
}

static GString *
answer (Store *store, const char *key, const char *folder)
{
    g_autoptr (GHashTable) parameters = read_request (folder);
    const Widget *widget = widget_find (key);
    WidgetRequest request = { 0 };
    g_autoptr (GError) error = NULL;
    GString *text = NULL;

    assert_non_null (widget);
    must (widget_request_read (&request, get_parameter, parameters, &error), &error);
    must (widgets_answer (store, get_parameter (parameters, "user"), &widget, 1, &request, &text, &error),
          &error);
    return text;
}

static void
test_case (Engine *engine, const Case *one)
{
    g_autoptr (GString) difference = g_string_new (NULL), text = NULL;
    g_autofree char *wanted = read_file (one->folder, "want.json");
    json_error_t where;
    json_t *want, *got;

    fill (engine->store, one->folder);
    text = answer (engine->store, one->key, one->folder);
    want = json_loads (wanted, 0, &where);
    if (!want)
        fail_msg ("%s/want.json:%d: %s", one->folder, where.line, where.text);
    got = json_loads (text->str, JSON_REJECT_DUPLICATES, &where);
    if (!got)
        fail_msg ("the answer is not JSON: %s in %s", where.text, text->str);
    if (!same (want, got, "answer", difference))
        fail_msg ("%s on %s:\n%sThe whole answer: %s", one->folder, engine->name, difference->str, text->str);
    json_decref (want);
    json_decref (got);
}

/* cmocka's test functions get the group's state; the case waits here for its turn. */
static GPtrArray *cases;
static guint next_case;

static void
test_next_case (void **state)
{
    test_case (*state, g_ptr_array_index (cases, next_case++));
}

static void
case_free (gpointer data)
{
    Case *one = data;

    g_free (one->folder);
    g_free (one);
}

static void
find_cases (void)
{
    const Widget *widget;

    cases = g_ptr_array_new_with_free_func (case_free);
    for (guint i = 0; (widget = widget_at (i)); i++) {
        g_autofree char *path = g_build_filename (tests_dir (), "widgets", widget->key, NULL);
        g_auto (GStrv) names = list_folder (path);

        for (char **name = names; *name; name++) {
            Case *one = g_new0 (Case, 1);

            one->key = widget->key;
            one->folder = g_build_filename (path, *name, NULL);
            g_ptr_array_add (cases, one);
        }
    }
}

static int
run_cases (const char *group, CMFixtureFunction open)
{
    g_autofree struct CMUnitTest *tests = g_new0 (struct CMUnitTest, cases->len);
    g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

    for (guint i = 0; i < cases->len; i++) {
        const Case *one = g_ptr_array_index (cases, i);
        g_autofree char *name = g_path_get_basename (one->folder);

        g_ptr_array_add (names, g_strdup_printf ("%s: %s %s", group, one->key, name));
        tests[i] = (struct CMUnitTest){ g_ptr_array_index (names, i), test_next_case, NULL, NULL, NULL };
    }
    next_case = 0;
    return _cmocka_run_group_tests (group, tests, cases->len, open, close_engine);
}

/* ---- what must be covered -------------------------------------------------- */

static gboolean
any (const Widget *widget)
{
    return widget->key != NULL;
}

static gboolean
has_names (const Widget *widget)
{
    return widget->render == render_breakdown || widget->render == render_table;
}

/* Also a ratio of two amounts has a currency, though it is not money itself. */
static gboolean
has_money (const Widget *widget)
{
    return strstr (widget->sql->text, " AS currency") != NULL;
}

static gboolean
has_two_sources (const Widget *widget)
{
    return (widget->needs & (widget->needs - 1)) != 0;
}

/* What no widget may get wrong, whatever its shape; and what only some can. */
static const struct {
    const char *name;
    gboolean (*applies) (const Widget *widget);
} required[] = {
    { "plain", any },
    { "compare_previous", any },
    { "other_user", any },
    { "source_off", any },
    { "not_connected", any },
    { "missing_days", any },
    { "several_accounts", any },
    { "no_data", any },
    { "incomplete_end", any },
    { "hostile_names", has_names },
    { "currency_mixed", has_money },
    { "second_source_off", has_two_sources },
    { "second_not_connected", has_two_sources },
};

static void
test_every_widget_has_its_cases (void **state)
{
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++)
        for (guint r = 0; r < G_N_ELEMENTS (required); r++) {
            const char *name = required[r].name;
            g_autofree char *path =
                g_build_filename (tests_dir (), "widgets", widget->key, name, "want.json", NULL);

            if (required[r].applies (widget) && !g_file_test (path, G_FILE_TEST_EXISTS))
                fail_msg ("%s has no case \"%s\": %s is missing", widget->key, name, path);
        }
}

static void
test_every_folder_has_its_widget (void **state)
{
    g_autofree char *path = g_build_filename (tests_dir (), "widgets", NULL);
    g_auto (GStrv) keys = list_folder (path);

    for (char **key = keys; *key; key++)
        if (!widget_find (*key))
            fail_msg ("tests/widgets/%s: there is no such widget", *key);
}

static gboolean
is_asked (const char *name)
{
    const Widget *widget;

    for (guint i = 0; (widget = widget_at (i)); i++)
        if (strcmp (widget->sql->name, name) == 0)
            return TRUE;
    return FALSE;
}

static void
test_every_text_has_its_widget (void **state)
{
    g_autofree char *path = g_build_filename (tests_dir (), "..", "sql", "widgets", NULL);
    g_auto (GStrv) files = list_folder (path);

    assert_non_null (files[0]);
    for (char **file = files; *file; file++) {
        g_autofree char *name = g_strconcat ("widgets/", *file, NULL);

        name[strlen ("widgets/") + strcspn (*file, ".")] = '\0'; /* .sql, .pg.sql */
        if (!is_asked (name))
            fail_msg ("no widget asks sql/widgets/%s", *file);
    }
}

static void
test_no_postgresql (void **state)
{
    print_message ("postgresql: skipped, TEST_POSTGRES_URL is not set\n");
    skip ();
}

int
main (void)
{
    const struct CMUnitTest covered[] = {
        cmocka_unit_test (test_every_widget_has_its_cases),
        cmocka_unit_test (test_every_folder_has_its_widget),
        cmocka_unit_test (test_every_text_has_its_widget),
    };
    const struct CMUnitTest skipped[] = { cmocka_unit_test (test_no_postgresql) };
    int failed = cmocka_run_group_tests_name ("coverage", covered, NULL, NULL);

    find_cases ();
    failed += run_cases ("sqlite", open_sqlite);
    if (g_getenv ("TEST_POSTGRES_URL"))
        failed += run_cases ("postgresql", open_postgresql);
    else
        failed += cmocka_run_group_tests_name ("postgresql", skipped, NULL, NULL);
    g_ptr_array_unref (cases);
    return failed ? 1 : 0;
}
