#include "store/copy.h"

#include "base/fault.h"

#include <string.h>

#define PAGE_ROWS 500
#define TEXT_(x)  #x
#define TEXT(x)   TEXT_ (x)

/* key_place: 1 for the first column of the primary key, ...; 0: no part of it. */
static const Sql catalogue = {
    .name = "copy/catalogue",
    .text =
        "SELECT m.name, c.name, lower (c.type), c.pk FROM sqlite_schema m JOIN pragma_table_info (m.name) c "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid",
    .pg = "SELECT CAST (c.relname AS text), CAST (a.attname AS text), CAST (t.typname AS text), "
          "coalesce (array_position (i.indkey, a.attnum) + 1, 0) "
          "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid "
          "JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary "
          "WHERE c.relnamespace = CAST (current_schema () AS regnamespace) AND c.relkind IN ('r', 'p') "
          "AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum",
};

enum { CATALOGUE_TABLE, CATALOGUE_COLUMN, CATALOGUE_TYPE, CATALOGUE_KEY_PLACE };

/* Not copied: what the schema itself keeps, and what is over before a backup is of use. A session
 * that was ended since must not come back to life. */
static const char *const left_behind[] = { "schema_migrations", "sessions", "connect_states",
                                           "connect_grants", "news" };
/* What a server writes without being asked: no data of anybody's. */
static const char *const of_the_engine[] = { "app_settings", "sync_jobs", "sync_steps", "sync_ledger",
                                             "sync_missed" };

typedef struct {
    char *name, *type;
    guint key_place;
} Column;

enum { FIRST_PAGE, NEXT_PAGE, WRITE, CLEAR, COUNT, N_STATEMENTS };

typedef struct {
    char *name;
    GPtrArray *columns, *key; /* of Column; the key's are borrowed, in its order */
    Sql statements[N_STATEMENTS];
} Table;

struct Copy {
    GPtrArray *tables;
};

static void
column_free (gpointer data)
{
    Column *column = data;

    g_free (column->name);
    g_free (column->type);
    g_free (column);
}

static void
table_free (gpointer data)
{
    Table *table = data;

    for (guint i = 0; i < N_STATEMENTS; i++) {
        g_free ((char *)table->statements[i].text);
        g_free ((char *)table->statements[i].pg);
    }
    g_ptr_array_unref (table->key);
    g_ptr_array_unref (table->columns);
    g_free (table->name);
    g_free (table);
}

void
copy_free (Copy *copy)
{
    g_ptr_array_unref (copy->tables);
    g_free (copy);
}

/* ---- the statements ---- */

/* One item of a list: how this engine says the column, or the n-th value of that array. */
typedef void (*Say) (GString *out, const Column *column, guint n, const char *array);

static void
append_list (GString *out, const GPtrArray *columns, Say say, const char *array)
{
    for (guint i = 0; i < columns->len; i++) {
        g_string_append (out, i ? ", " : "");
        say (out, columns->pdata[i], i, array);
    }
}

static void
say_name (GString *out, const Column *column, guint n G_GNUC_UNUSED, const char *array G_GNUC_UNUSED)
{
    g_string_append (out, column->name);
}

/* As JSON holds it: numbers as such, all else as SQLite keeps it. */
static void
say_pg_value (GString *out, const Column *column, guint n G_GNUC_UNUSED, const char *array G_GNUC_UNUSED)
{
    if (strcmp (column->type, "int8") == 0)
        g_string_append (out, column->name);
    else if (strcmp (column->type, "timestamptz") == 0)
        g_string_append_printf (out, "to_char (%s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
                                column->name);
    else
        g_string_append_printf (out, "CAST (%s AS text)", column->name);
}

/* The n-th value of a JSON array. */
static void
say_sqlite_item (GString *out, const Column *column G_GNUC_UNUSED, guint n, const char *array)
{
    g_string_append_printf (out, "json_extract (%s, '$[%u]')", array, n);
}

static void
say_pg_item (GString *out, const Column *column, guint n, const char *array)
{
    g_string_append_printf (out, "CAST (%s ->> %u AS %s)", array, n, column->type);
}

/* The rows of a page, by key; all there are if after is NULL, else those beyond :after. */
static void
append_page (GString *out, const Table *table, Say item, const char *after)
{
    g_string_append_printf (out, "FROM (SELECT * FROM %s", table->name);
    if (after) {
        g_string_append (out, " WHERE (");
        append_list (out, table->key, say_name, NULL);
        g_string_append (out, ") > (");
        append_list (out, table->key, item, after);
        g_string_append (out, ")");
    }
    g_string_append (out, " ORDER BY ");
    append_list (out, table->key, say_name, NULL);
    g_string_append (out, " LIMIT " TEXT (PAGE_ROWS) ") AS page");
}

/* Three columns: how many rows, the rows, and the key of the last one. */
static char *
sqlite_page (const Table *table, const char *after)
{
    GString *out = g_string_new ("SELECT count (*), json_group_array (json_array (");

    append_list (out, table->columns, say_name, NULL);
    g_string_append (out, ")), json_extract (json_group_array (json_array (");
    append_list (out, table->key, say_name, NULL);
    g_string_append (out, ")), '$[#-1]') ");
    append_page (out, table, say_sqlite_item, after);
    return g_string_free (out, FALSE);
}

static char *
pg_page (const Table *table, const char *after)
{
    GString *out = g_string_new ("SELECT count (*), CAST (jsonb_agg (jsonb_build_array (");

    append_list (out, table->columns, say_pg_value, NULL);
    g_string_append (out, ")) AS text), CAST ((array_agg (jsonb_build_array (");
    append_list (out, table->key, say_pg_value, NULL);
    g_string_append (out, ")))[count (*)] AS text) ");
    append_page (out, table, say_pg_item, after);
    return g_string_free (out, FALSE);
}

static char *
insert (const Table *table, Say item, const char *source)
{
    GString *out = g_string_new (NULL);

    g_string_append_printf (out, "INSERT INTO %s (", table->name);
    append_list (out, table->columns, say_name, NULL);
    g_string_append (out, ") SELECT ");
    append_list (out, table->columns, item, "value");
    g_string_append (out, source);
    return g_string_free (out, FALSE);
}

static void
write_statements (Table *table)
{
    table->statements[FIRST_PAGE] = (Sql){ "copy/first", sqlite_page (table, NULL), pg_page (table, NULL) };
    table->statements[NEXT_PAGE] =
        (Sql){ "copy/next", sqlite_page (table, ":after"), pg_page (table, "CAST (:after AS jsonb)") };
    table->statements[WRITE] =
        (Sql){ "copy/write", insert (table, say_sqlite_item, " FROM json_each (:rows)"),
               insert (table, say_pg_item, " FROM jsonb_array_elements (CAST (:rows AS jsonb)) AS value") };
    table->statements[CLEAR] = (Sql){ "copy/clear", g_strdup_printf ("DELETE FROM %s", table->name), NULL };
    table->statements[COUNT] =
        (Sql){ "copy/count",
               g_strdup_printf ("SELECT count (*) FROM (SELECT 1 FROM %s LIMIT 1) AS any_row", table->name),
               NULL };
}

/* ---- the tables ---- */

static Table *
table_new (const char *name)
{
    Table *table = g_new0 (Table, 1);

    table->name = g_strdup (name);
    table->columns = g_ptr_array_new_with_free_func (column_free);
    table->key = g_ptr_array_new ();
    return table;
}

static gboolean
is_in (const char *name, const char *const *names, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (strcmp (names[i], name) == 0)
            return TRUE;
    return FALSE;
}

static const Column *
key_column (const Table *table, guint place)
{
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];

        if (column->key_place == place)
            return column;
    }
    return NULL;
}

static void
finish_table (Table *table)
{
    const Column *column;

    for (guint place = 1; (column = key_column (table, place)); place++)
        g_ptr_array_add (table->key, (gpointer)column);
    write_statements (table);
}

/* PostgreSQL says int8 where the schema, and so SQLite, says bigint. */
static Column *
column_new (const Rows *rows, guint row)
{
    const char *type = rows_text (rows, row, CATALOGUE_TYPE);
    Column *column = g_new0 (Column, 1);

    column->name = g_strdup (rows_text (rows, row, CATALOGUE_COLUMN));
    column->type = g_strdup (strcmp (type, "bigint") == 0 ? "int8" : type);
    column->key_place = (guint)rows_int (rows, row, CATALOGUE_KEY_PLACE);
    return column;
}

static void
read_tables (Copy *copy, const Rows *rows)
{
    Table *table = NULL;

    for (guint i = 0; i < rows_count (rows); i++) {
        const char *name = rows_text (rows, i, CATALOGUE_TABLE);

        if (is_in (name, left_behind, G_N_ELEMENTS (left_behind)))
            continue;
        if (!table || strcmp (table->name, name) != 0)
            g_ptr_array_add (copy->tables, table = table_new (name));
        g_ptr_array_add (table->columns, column_new (rows, i));
    }
    for (guint i = 0; i < copy->tables->len; i++)
        finish_table (copy->tables->pdata[i]);
}

Copy *
copy_new (Store *from, GError **error)
{
    g_autoptr (Rows) rows = store_ask (from, &catalogue, NO_PARAMS, error);
    Copy *copy;

    if (!rows)
        return NULL;
    copy = g_new0 (Copy, 1);
    copy->tables = g_ptr_array_new_with_free_func (table_free);
    read_tables (copy, rows);
    return copy;
}

/* ---- copying ---- */

static gboolean
make_room (const Table *table, Store *to, GError **error)
{
    g_autoptr (Rows) rows = NULL;

    if (is_in (table->name, of_the_engine, G_N_ELEMENTS (of_the_engine)))
        return store_do (to, &table->statements[CLEAR], NO_PARAMS, error) >= 0;
    rows = store_ask (to, &table->statements[COUNT], NO_PARAMS, error);
    if (rows && rows_int (rows, 0, 0) > 0)
        return fault_set (error, FAULT_CONFLICT, "nothing was changed: the database is not empty (%s)",
                          table->name);
    return rows != NULL;
}

enum { PAGE_COUNT, PAGE_JSON, PAGE_LAST_KEY };

/* The page beyond last, a row of a page, or the first one if it is NULL. */
static Rows *
read_page (const Table *table, Store *from, const Rows *last, GError **error)
{
    if (!last)
        return store_ask (from, &table->statements[FIRST_PAGE], NO_PARAMS, error);
    return store_ask (from, &table->statements[NEXT_PAGE],
                      PARAMS ({ "after", VALUE_OF_TEXT (rows_text (last, 0, PAGE_LAST_KEY)) }), error);
}

static gint64
copy_table (const Table *table, Store *from, Store *to, GError **error)
{
    g_autoptr (Rows) page = read_page (table, from, NULL, error);
    gint64 total = 0;

    while (page && rows_int (page, 0, PAGE_COUNT) > 0) {
        Rows *next;

        if (store_do (to, &table->statements[WRITE],
                      PARAMS ({ "rows", VALUE_OF_TEXT (rows_text (page, 0, PAGE_JSON)) }), error) < 0)
            return -1;
        total += rows_int (page, 0, PAGE_COUNT);
        next = read_page (table, from, page, error);
        rows_free (page);
        page = next;
    }
    return page ? total : -1;
}

static gint64
copy_tables (const Copy *copy, Store *from, Store *to, GError **error)
{
    gint64 total = 0;

    for (guint i = 0; i < copy->tables->len; i++) {
        const Table *table = copy->tables->pdata[i];
        gint64 rows = make_room (table, to, error) ? copy_table (table, from, to, error) : -1;

        if (rows < 0)
            return -1;
        total += rows;
    }
    return total;
}

static gint64
copy_into (const Copy *copy, Store *from, Store *to, GError **error)
{
    gint64 total;

    if (!store_begin (to, error))
        return -1;
    total = copy_tables (copy, from, to, error);
    if (total >= 0 && store_commit (to, error))
        return total;
    store_rollback (to);
    return -1;
}

gint64
copy_run (const Copy *copy, Store *from, Store *to, GError **error)
{
    gint64 total;

    if (!store_begin_reading (from, error))
        return -1;
    total = copy_into (copy, from, to, error);
    store_rollback (from);
    return total;
}
