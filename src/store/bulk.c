#include "store/bulk.h"

#include "base/fault.h"
#include "store/sqltext.h"

#include <string.h>

/* ---- the SQL ---- */

static void
append_names (GString *out, const char *prefix, const FactTable *table, guint first, guint end)
{
    for (guint i = first; i < end; i++)
        g_string_append_printf (out, "%s%s%s", i > first ? ", " : "", prefix, table->columns[i].name);
}

static char *
names_of (const FactTable *table, guint n)
{
    GString *out = g_string_new ("user_id, ");

    append_names (out, "", table, 0, n);
    return g_string_free (out, FALSE);
}

/* " ON CONFLICT (key) DO UPDATE SET column = coalesce (excluded.column, table.column), ..."; the
 * other way round for a column that keeps what was known first. */
static char *
upsert_clause (const FactTable *table)
{
    g_autofree char *key = names_of (table, table->n_key);
    GString *out = g_string_new (NULL);

    g_string_append_printf (out, " ON CONFLICT (%s) DO UPDATE SET ", key);
    for (guint i = table->n_key; i < table->n_columns; i++) {
        const char *name = table->columns[i].name;
        gboolean once = table->columns[i].once;

        g_string_append_printf (out, "%s%s = coalesce (%s.%s, %s.%s)", i > table->n_key ? ", " : "", name,
                                once ? table->name : "excluded", name, once ? "excluded" : table->name, name);
    }
    return g_string_free (out, FALSE);
}

static char *
insert_text (const FactTable *table, const char *names, const char *upsert)
{
    GString *out = g_string_new (NULL);

    g_string_append_printf (out, "INSERT INTO %s (%s) VALUES ($1", table->name, names);
    for (guint i = 0; i < table->n_columns; i++)
        g_string_append_printf (out, ", $%u", i + 2);
    g_string_append_printf (out, ")%s", upsert);
    return g_string_free (out, FALSE);
}

static void
plan_by_day (BulkPlan *plan, const FactTable *table, const char *names)
{
    plan->clear = g_strdup_printf ("DELETE FROM %s WHERE user_id = $1 AND %s = $2 AND date BETWEEN $3 AND $4",
                                   table->name, table->columns[0].name);
    plan->copy = g_strdup_printf ("COPY %s (%s) FROM STDIN", table->name, names);
    plan->insert = insert_text (table, names, "");
}

static void
plan_by_key (BulkPlan *plan, const FactTable *table, const char *names)
{
    g_autofree char *upsert = upsert_clause (table);

    /* It may be there already: two sets for one table in one transaction. */
    plan->stage =
        g_strdup_printf ("CREATE TEMPORARY TABLE IF NOT EXISTS incoming_%s (LIKE %s) ON COMMIT DROP; "
                         "TRUNCATE pg_temp.incoming_%s",
                         table->name, table->name, table->name);
    plan->copy = g_strdup_printf ("COPY pg_temp.incoming_%s (%s) FROM STDIN", table->name, names);
    plan->merge = g_strdup_printf ("INSERT INTO %s (%s) SELECT %s FROM pg_temp.incoming_%s%s", table->name,
                                   names, names, table->name, upsert);
    plan->insert = insert_text (table, names, upsert);
}

BulkPlan *
bulk_plan_new (const FactTable *table)
{
    BulkPlan *plan = g_new0 (BulkPlan, 1);
    g_autofree char *names = names_of (table, table->n_columns);

    if (table->by_day)
        plan_by_day (plan, table, names);
    else
        plan_by_key (plan, table, names);
    return plan;
}

void
bulk_plan_free (BulkPlan *plan)
{
    g_free (plan->clear);
    g_free (plan->insert);
    g_free (plan->stage);
    g_free (plan->copy);
    g_free (plan->merge);
    g_free (plan);
}

/* ---- the check ---- */

static int
compare_values (const Value *a, const Value *b)
{
    if (a->type == VALUE_TEXT)
        return strcmp (a->text, b->text);
    if (a->type == VALUE_DAY)
        return (a->day > b->day) - (a->day < b->day);
    return (a->integer > b->integer) - (a->integer < b->integer);
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer set)
{
    const FactSet *facts = set;
    const Value *row_a = fact_set_row (facts, *(const guint *)a),
                *row_b = fact_set_row (facts, *(const guint *)b);
    int order = 0;

    for (guint i = 0; i < facts->table->n_key && order == 0; i++)
        order = compare_values (&row_a[i], &row_b[i]);
    return order;
}

static gboolean
check_types (const FactTable *table, const Value *row, GError **error)
{
    for (guint i = 0; i < table->n_columns; i++) {
        gboolean null = value_is_null (&row[i]);

        if (null ? i < table->n_key : row[i].type != table->columns[i].type)
            return fault_set (error, FAULT_INTERNAL, "a fact for %s has %s in its column %s", table->name,
                              null ? "nothing" : "a value of the wrong type", table->columns[i].name);
    }
    return TRUE;
}

static gboolean
check_row (const FactTable *table, const Value *row, const char *entity, Period window, GError **error)
{
    if (!check_types (table, row, error))
        return FALSE;
    if (strcmp (row[0].text, entity) != 0)
        return fault_set (error, FAULT_INTERNAL, "a fact for %s belongs to another %s", table->name,
                          table->columns[0].name);
    if (table->by_day && (row[1].day < window.from || row[1].day > window.to))
        return fault_set (error, FAULT_INTERNAL, "a fact for %s lies outside of the window of days",
                          table->name);
    return TRUE;
}

static gboolean
check_order (const FactSet *facts, const GArray *order, GError **error)
{
    for (guint i = 1; i < order->len; i++)
        if (compare_rows (&g_array_index (order, guint, i - 1), &g_array_index (order, guint, i),
                          (gpointer)facts) == 0)
            return fault_set (error, FAULT_INTERNAL, "two facts for %s have the same key",
                              facts->table->name);
    return TRUE;
}

GArray *
bulk_order (const FactSet *facts, const char *entity, Period window, GError **error)
{
    guint n = fact_set_rows (facts);
    g_autoptr (GArray) order = g_array_sized_new (FALSE, FALSE, sizeof (guint), n);

    for (guint i = 0; i < n; i++) {
        if (!check_row (facts->table, fact_set_row (facts, i), entity, window, error))
            return NULL;
        g_array_append_val (order, i);
    }
    g_array_sort_with_data (order, compare_rows, (gpointer)facts);
    return check_order (facts, order, error) ? g_steal_pointer (&order) : NULL;
}
