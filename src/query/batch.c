#include "query/batch.h"

#include <string.h>

enum { USER, FROM, TO, DAYS, AFTER, PREV_FROM, PREV_TO, PREV_DAYS, PREV_AFTER, N_PARAMS };

static const char *const names[N_PARAMS] = {
    [USER] = "user",       [FROM] = "from",           [TO] = "to",
    [DAYS] = "days",       [AFTER] = "after",         [PREV_FROM] = "prev_from",
    [PREV_TO] = "prev_to", [PREV_DAYS] = "prev_days", [PREV_AFTER] = "prev_after",
};

typedef struct {
    const Sql *sql;
    Param params[N_PARAMS + 1];
    Rows *rows;
} Entry;

struct Batch {
    Store *store;
    Value values[N_PARAMS];
    GArray *entries; /* of Entry; complete before the store sees a pointer into it */
};

/* The calendar ends with the year 9999. */
static Value
day_after (Day day)
{
    return VALUE_OF_DAY (MIN (day + 1, day_of (9999, 12, 31)));
}

Batch *
batch_new (Store *store, const char *user_id, Period period, const Comparison *comparison)
{
    static const Period never = { .from = 1, .to = 0 };
    Period previous = comparison->kind == COMPARE_OFF ? never : comparison->period;
    Batch *batch = g_new0 (Batch, 1);

    batch->store = store;
    batch->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
    batch->values[USER] = VALUE_OF_TEXT (user_id);
    batch->values[FROM] = VALUE_OF_DAY (period.from);
    batch->values[TO] = VALUE_OF_DAY (period.to);
    batch->values[DAYS] = VALUE_OF_INT (period_days (period));
    batch->values[AFTER] = day_after (period.to);
    batch->values[PREV_FROM] = VALUE_OF_DAY (previous.from);
    batch->values[PREV_TO] = VALUE_OF_DAY (previous.to);
    batch->values[PREV_DAYS] = VALUE_OF_INT (period_days (previous));
    batch->values[PREV_AFTER] = day_after (previous.to);
    return batch;
}

void
batch_free (Batch *batch)
{
    if (!batch)
        return;
    for (guint i = 0; i < batch->entries->len; i++)
        g_clear_pointer (&g_array_index (batch->entries, Entry, i).rows, rows_free);
    g_array_unref (batch->entries);
    g_free (batch);
}

/* The next parameter at or after text, skipping comments, quoted text and
 * casts (::date); *length is that of its name. NULL at the end. */
static const char *
next_param (const char *text, gsize *length)
{
    for (; *(text += strcspn (text, ":'-")); text++) {
        if (strncmp (text, "--", 2) == 0) {
            text += strcspn (text, "\n");
        } else if (*text == '\'') {
            text = strchrnul (text + 1, '\'');
        } else if (strncmp (text, "::", 2) == 0) {
            text++;
        } else if (*text == ':') {
            *length = strspn (text + 1, "abcdefghijklmnopqrstuvwxyz_");
            return text + 1;
        }
        if (!*text)
            break;
    }
    return NULL;
}

/* Which of our parameters is it? N_PARAMS: none, and the store will say so. */
static guint
find_param (const char *name, gsize length)
{
    guint i = 0;

    while (i < N_PARAMS && (strlen (names[i]) != length || strncmp (names[i], name, length) != 0))
        i++;
    return i;
}

static void
bind (const Batch *batch, Entry *entry)
{
    gboolean named[N_PARAMS + 1] = { FALSE };
    gboolean postgresql = store_engine (batch->store) == STORE_POSTGRESQL;
    const char *at = postgresql && entry->sql->pg ? entry->sql->pg : entry->sql->text;
    Param *param = entry->params;
    gsize length;

    while ((at = next_param (at, &length)))
        named[find_param (at, length)] = TRUE;
    for (guint i = 0; i < N_PARAMS; i++)
        if (named[i])
            *param++ = (Param){ names[i], batch->values[i] };
}

static Entry *
find (const Batch *batch, const Sql *sql)
{
    for (guint i = 0; i < batch->entries->len; i++)
        if (g_array_index (batch->entries, Entry, i).sql == sql)
            return &g_array_index (batch->entries, Entry, i);
    return NULL;
}

void
batch_add (Batch *batch, const Sql *sql)
{
    Entry entry = { .sql = sql };

    if (find (batch, sql))
        return;
    bind (batch, &entry);
    g_array_append_val (batch->entries, entry);
}

static gboolean
same_value (const Value *a, const Value *b)
{
    if (a->type != b->type)
        return FALSE;
    switch (a->type) {
    case VALUE_TEXT:
        return g_strcmp0 (a->text, b->text) == 0;
    case VALUE_DAY:
        return a->day == b->day;
    default:
        return a->type == VALUE_INT && a->integer == b->integer;
    }
}

/* The same text, so the same names, with the same values: the user's among them. */
static gboolean
same (const Entry *a, const Entry *b)
{
    if (a->sql != b->sql)
        return FALSE;
    for (guint i = 0; a->params[i].name; i++)
        if (!same_value (&a->params[i].value, &b->params[i].value))
            return FALSE;
    return TRUE;
}

static Entry *
find_same (const GPtrArray *entries, const Entry *like)
{
    for (guint i = 0; i < entries->len; i++)
        if (same (entries->pdata[i], like))
            return entries->pdata[i];
    return NULL;
}

/* Those that differ: people who wait together often ask the same. */
static GPtrArray *
distinct (Batch *const *batches, guint n)
{
    GPtrArray *entries = g_ptr_array_new ();

    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < batches[i]->entries->len; k++) {
            Entry *entry = &g_array_index (batches[i]->entries, Entry, k);

            if (!find_same (entries, entry))
                g_ptr_array_add (entries, entry);
        }
    return entries;
}

static void
share (Batch *batch, const GPtrArray *asked)
{
    for (guint k = 0; k < batch->entries->len; k++) {
        Entry *entry = &g_array_index (batch->entries, Entry, k);

        if (!entry->rows)
            entry->rows = rows_ref (find_same (asked, entry)->rows);
    }
}

gboolean
batches_ask (Batch *const *batches, guint n, GError **error)
{
    g_autoptr (GPtrArray) asked = distinct (batches, n);
    g_autofree StoreQuestion *questions = g_new0 (StoreQuestion, asked->len);

    for (guint i = 0; i < asked->len; i++) {
        const Entry *entry = asked->pdata[i];

        questions[i] = (StoreQuestion){ .sql = entry->sql, .params = entry->params };
    }
    if (asked->len && !store_ask_all (batches[0]->store, questions, asked->len, error))
        return FALSE;
    for (guint i = 0; i < asked->len; i++)
        ((Entry *)asked->pdata[i])->rows = questions[i].rows;
    for (guint i = 0; i < n; i++)
        share (batches[i], asked);
    return TRUE;
}

gboolean
batch_ask (Batch *batch, GError **error)
{
    return batches_ask (&batch, 1, error);
}

const Rows *
batch_rows (const Batch *batch, const Sql *sql)
{
    const Entry *entry = find (batch, sql);

    return entry ? entry->rows : NULL;
}
