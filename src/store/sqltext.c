#include "store/sqltext.h"

#include "base/fault.h"

#include <string.h>

/* Words that make a text more than a question. FOR UPDATE is caught by UPDATE. */
static const char *const writing_words[] = { "INSERT",   "UPDATE", "DELETE", "MERGE",
                                             "TRUNCATE", "SHARE",  "INTO" };
static const char *const asking_words[] = { "SELECT", "WITH", "VALUES" };

static gboolean
starts_name (char c)
{
    return g_ascii_isalpha (c) || c == '_';
}

static const char *
end_of_name (const char *at)
{
    while (g_ascii_isalnum (*at) || *at == '_')
        at++;
    return at;
}

/* 'it''s' is two literals side by side, which comes to the same. */
static const char *
end_of_quoted (const char *at)
{
    const char *end = strchr (at + 1, *at);

    return end ? end + 1 : at + strlen (at);
}

static const char *
end_at (const char *at, const char *mark)
{
    const char *end = strstr (at, mark);

    return end ? end + strlen (mark) : at + strlen (at);
}

/* Where the literal, quoted name or comment that starts here ends; NULL if none starts. */
static const char *
end_of_opaque (const char *at)
{
    if (*at == '\'' || *at == '"')
        return end_of_quoted (at);
    if (at[0] == '-' && at[1] == '-')
        return end_at (at, "\n");
    if (at[0] == '/' && at[1] == '*')
        return end_at (at + 2, "*/");
    return NULL;
}

static guint
number_of_name (GPtrArray *names, const char *start, gsize length)
{
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index (names, i);

        if (strncmp (name, start, length) == 0 && name[length] == '\0')
            return i + 1;
    }
    g_ptr_array_add (names, g_strndup (start, length));
    return names->len;
}

static gboolean
is_one_of (const char *start, const char *end, const char *const *words, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (strlen (words[i]) == (gsize)(end - start) &&
            g_ascii_strncasecmp (start, words[i], (gsize)(end - start)) == 0)
            return TRUE;
    return FALSE;
}

typedef struct {
    SqlText *sql;
    GString *out;
    gboolean any_word;
} Scan;

static void
note_word (Scan *scan, const char *start, const char *end)
{
    if (!scan->any_word)
        scan->sql->only_reads = is_one_of (start, end, asking_words, G_N_ELEMENTS (asking_words));
    else if (is_one_of (start, end, writing_words, G_N_ELEMENTS (writing_words)))
        scan->sql->only_reads = FALSE;
    scan->any_word = TRUE;
}

/* Copies what starts here, translated, and returns where it ends. */
static const char *
scan_one (Scan *scan, const char *at)
{
    const char *end = end_of_opaque (at);

    if (!end && at[0] == ':' && at[1] == ':')
        end = at + 2; /* a cast */
    if (!end && at[0] == ':' && starts_name (at[1])) {
        end = end_of_name (at + 1);
        g_string_append_printf (scan->out, "$%u",
                                number_of_name (scan->sql->names, at + 1, (gsize)(end - at - 1)));
        return end;
    }
    if (!end && starts_name (*at)) {
        end = end_of_name (at);
        note_word (scan, at, end);
    }
    if (!end)
        end = g_ascii_isdigit (*at) ? end_of_name (at) : at + 1;
    g_string_append_len (scan->out, at, end - at);
    return end;
}

SqlText *
sqltext_new (const char *text)
{
    SqlText *sql = g_new0 (SqlText, 1);
    Scan scan = { .sql = sql, .out = g_string_new (NULL) };

    sql->names = g_ptr_array_new_with_free_func (g_free);
    while (*text)
        text = scan_one (&scan, text);
    sql->text = g_string_free (scan.out, FALSE);
    return sql;
}

void
sqltext_free (SqlText *sql)
{
    if (!sql)
        return;
    g_free (sql->text);
    g_ptr_array_unref (sql->names);
    g_free (sql);
}

static const Param *
find_param (const Param *params, const char *name)
{
    for (; params->name; params++)
        if (strcmp (params->name, name) == 0)
            return params;
    return NULL;
}

/* More values than names: say which one nobody asked for. */
static gboolean
refuse_unknown (const Sql *sql, const GPtrArray *names, const Param *params, GError **error)
{
    for (; params->name; params++)
        if (!g_ptr_array_find_with_equal_func ((GPtrArray *)names, params->name, g_str_equal, NULL))
            return fault_set (error, FAULT_INTERNAL, "the statement %s has no parameter :%s", sql->name,
                              params->name);
    return fault_set (error, FAULT_INTERNAL, "the statement %s was given a parameter twice", sql->name);
}

gboolean
params_order (const Sql *sql, const GPtrArray *names, const Param *params, Value values[static PARAMS_MAX],
              GError **error)
{
    guint given = 0;

    if (names->len > PARAMS_MAX)
        return fault_set (error, FAULT_INTERNAL, "the statement %s has more than %d parameters", sql->name,
                          PARAMS_MAX);
    for (guint i = 0; i < names->len; i++) {
        const Param *param = find_param (params, g_ptr_array_index (names, i));

        if (!param)
            return fault_set (error, FAULT_INTERNAL, "the statement %s needs the parameter :%s", sql->name,
                              (const char *)g_ptr_array_index (names, i));
        values[i] = param->value;
    }
    while (params[given].name)
        given++;
    return given == names->len || refuse_unknown (sql, names, params, error);
}

gboolean
value_is_null (const Value *value)
{
    switch (value->type) {
    case VALUE_TEXT:
        return value->text == NULL;
    case VALUE_DAY:
        return value->day == DAY_NONE;
    case VALUE_INSTANT:
        return value->integer == INSTANT_NONE;
    case VALUE_INT:
    case VALUE_REAL:
        return FALSE;
    case VALUE_NULL:
        break;
    }
    return TRUE;
}

static const char *
write_instant (gint64 instant, char buffer[static VALUE_TEXT_MAX])
{
    gsize length = strlen (instant_format (instant, buffer));

    if (length == strlen ("2026-01-02T08:15:00Z"))
        g_strlcpy (buffer + length - 1, ".000000Z", VALUE_TEXT_MAX - length + 1);
    return buffer;
}

const char *
value_write (const Value *value, char buffer[static VALUE_TEXT_MAX])
{
    if (value_is_null (value))
        return NULL;
    switch (value->type) {
    case VALUE_INT:
        g_snprintf (buffer, VALUE_TEXT_MAX, "%" G_GINT64_FORMAT, value->integer);
        return buffer;
    case VALUE_REAL:
        return g_ascii_dtostr (buffer, VALUE_TEXT_MAX, value->real);
    case VALUE_DAY:
        return day_format (value->day, buffer);
    case VALUE_INSTANT:
        return write_instant (value->integer, buffer);
    case VALUE_TEXT:
        return value->text;
    case VALUE_NULL:
        break;
    }
    return NULL;
}
