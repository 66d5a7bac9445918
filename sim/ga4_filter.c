#include "ga4_filter.h"

#include <string.h>

#define MEMO 4096 /* as many ids as the largest dimension has */

typedef enum { NODE_AND, NODE_OR, NODE_NOT, NODE_TEXT, NODE_LIST, NODE_COMPARE, NODE_BETWEEN } NodeKind;

struct Ga4Filter {
    NodeKind kind;
    GPtrArray *children; /* of and, or, not */
    int field;
    char *how; /* match type or operation */
    char *text;
    GPtrArray *list;
    GRegex *regex;
    gboolean case_sensitive;
    double low, high;
    gint8 *memo; /* of an id: 0 not asked yet, 1 yes, -1 no */
};

void
ga4_filter_free (Ga4Filter *filter)
{
    if (!filter)
        return;
    g_ptr_array_unref (filter->children);
    g_ptr_array_unref (filter->list);
    g_clear_pointer (&filter->regex, g_regex_unref);
    g_free (filter->how);
    g_free (filter->text);
    g_free (filter->memo);
    g_free (filter);
}

static Ga4Filter *
filter_new (NodeKind kind)
{
    Ga4Filter *filter = g_new0 (Ga4Filter, 1);

    filter->kind = kind;
    filter->children = g_ptr_array_new_with_free_func ((GDestroyNotify)ga4_filter_free);
    filter->list = g_ptr_array_new_with_free_func (g_free);
    return filter;
}

/* ---- reading ---- */

typedef struct {
    gboolean numeric;
    Ga4FindField find;
    gconstpointer user;
    char **problem;
} Reader;

static Ga4Filter *read_node (const Reader *reader, const json_t *expression);

static Ga4Filter *
refuse (const Reader *reader, Ga4Filter *filter, char *problem)
{
    ga4_filter_free (filter);
    *reader->problem = problem;
    return NULL;
}

static Ga4Filter *
read_group (const Reader *reader, NodeKind kind, const json_t *list)
{
    Ga4Filter *group = filter_new (kind);
    json_t *item;
    size_t i;

    json_array_foreach (list, i, item)
    {
        Ga4Filter *child = read_node (reader, item);

        if (!child) {
            ga4_filter_free (group);
            return NULL;
        }
        g_ptr_array_add (group->children, child);
    }
    if (group->children->len == 0)
        return refuse (reader, group,
                       g_strdup ("A filter expression list must have at least one expression."));
    return group;
}

static Ga4Filter *
read_not (const Reader *reader, const json_t *expression)
{
    Ga4Filter *child = read_node (reader, expression), *filter;

    if (!child)
        return NULL;
    filter = filter_new (NODE_NOT);
    g_ptr_array_add (filter->children, child);
    return filter;
}

static const char *
member (const json_t *object, const char *name, const char *otherwise)
{
    const char *text = json_string_value (json_object_get (object, name));

    return text ? text : otherwise;
}

static Ga4Filter *
read_text (const Reader *reader, const json_t *leaf)
{
    Ga4Filter *filter = filter_new (NODE_TEXT);
    g_autofree char *pattern = NULL;

    filter->how = g_strdup (member (leaf, "matchType", "EXACT"));
    filter->text = g_strdup (member (leaf, "value", ""));
    filter->case_sensitive = json_is_true (json_object_get (leaf, "caseSensitive"));
    filter->memo = g_new0 (gint8, MEMO);
    if (!strstr (filter->how, "REGEXP"))
        return filter;
    pattern = strcmp (filter->how, "FULL_REGEXP") == 0 ? g_strdup_printf ("^(?:%s)$", filter->text)
                                                       : g_strdup (filter->text);
    filter->regex = g_regex_new (pattern, filter->case_sensitive ? 0 : G_REGEX_CASELESS, 0, NULL);
    return filter->regex ? filter
                         : refuse (reader, filter, g_strdup ("Invalid regular expression in a filter."));
}

static Ga4Filter *
read_in_list (const Reader *reader, const json_t *leaf)
{
    Ga4Filter *filter = filter_new (NODE_LIST);
    json_t *item;
    size_t i;

    json_array_foreach (json_object_get (leaf, "values"), i, item)
        g_ptr_array_add (filter->list, g_strdup (json_string_value (item)));
    filter->case_sensitive = json_is_true (json_object_get (leaf, "caseSensitive"));
    filter->memo = g_new0 (gint8, MEMO);
    if (filter->list->len == 0)
        return refuse (reader, filter, g_strdup ("An inListFilter must have at least one value."));
    return filter;
}

static double
read_number (const json_t *number)
{
    const json_t *whole = json_object_get (number, "int64Value");

    return json_number_value (whole ? whole : json_object_get (number, "doubleValue"));
}

static Ga4Filter *
read_numeric (const json_t *leaf)
{
    Ga4Filter *filter = filter_new (NODE_COMPARE);

    filter->how = g_strdup (member (leaf, "operation", "EQUAL"));
    filter->low = read_number (json_object_get (leaf, "value"));
    return filter;
}

static Ga4Filter *
read_between (const json_t *leaf)
{
    Ga4Filter *filter = filter_new (NODE_BETWEEN);

    filter->low = read_number (json_object_get (leaf, "fromValue"));
    filter->high = read_number (json_object_get (leaf, "toValue"));
    return filter;
}

static Ga4Filter *
read_kind (const Reader *reader, const json_t *leaf)
{
    const json_t *text = json_object_get (leaf, "stringFilter"),
                 *list = json_object_get (leaf, "inListFilter");
    const json_t *number = json_object_get (leaf, "numericFilter"),
                 *between = json_object_get (leaf, "betweenFilter");

    if ((text || list) && reader->numeric)
        return refuse (reader, NULL, g_strdup ("A metricFilter takes numericFilter or betweenFilter."));
    if ((number || between) && !reader->numeric)
        return refuse (reader, NULL, g_strdup ("A dimensionFilter takes stringFilter or inListFilter."));
    if (text)
        return read_text (reader, text);
    if (list)
        return read_in_list (reader, list);
    if (number)
        return read_numeric (number);
    if (between)
        return read_between (between);
    return refuse (reader, NULL,
                   g_strdup ("A filter must have one of stringFilter, inListFilter, numericFilter, "
                             "betweenFilter."));
}

static Ga4Filter *
read_leaf (const Reader *reader, const json_t *leaf)
{
    Ga4Filter *filter;
    int field = reader->find (reader->user, member (leaf, "fieldName", ""), reader->problem);

    if (field < 0)
        return NULL;
    filter = read_kind (reader, leaf);
    if (filter)
        filter->field = field;
    return filter;
}

static Ga4Filter *
read_node (const Reader *reader, const json_t *expression)
{
    const json_t *and = json_object_get (expression, "andGroup"),
                 * or = json_object_get (expression, "orGroup");
    const json_t *not = json_object_get (expression, "notExpression"),
                 *leaf = json_object_get (expression, "filter");

    if (!!and+!! or +!!not +!!leaf != 1)
        return refuse (reader, NULL,
                       g_strdup ("A filter expression must have exactly one of andGroup, orGroup, "
                                 "notExpression, filter."));
    if (and)
        return read_group (reader, NODE_AND, json_object_get (and, "expressions"));
    if (or)
        return read_group (reader, NODE_OR, json_object_get (or, "expressions"));
    return not ? read_not (reader, not ) : read_leaf (reader, leaf);
}

gboolean
ga4_filter_read (const json_t *expression, gboolean numeric, Ga4FindField find, gconstpointer user,
                 Ga4Filter **filter, char **problem)
{
    Reader reader = { numeric, find, user, problem };

    *filter = NULL;
    if (!expression || json_object_size (expression) == 0)
        return TRUE;
    *filter = read_node (&reader, expression);
    return *filter != NULL;
}

/* ---- asking ---- */

static gboolean
same_text (const Ga4Filter *filter, const char *wanted, const char *text)
{
    return filter->case_sensitive ? strcmp (wanted, text) == 0 : g_ascii_strcasecmp (wanted, text) == 0;
}

static gboolean
text_fits (const Ga4Filter *filter, const char *text)
{
    g_autofree char *low = NULL, *wanted = NULL;

    if (filter->regex)
        return g_regex_match (filter->regex, text, 0, NULL);
    if (strcmp (filter->how, "EXACT") == 0 || strcmp (filter->how, "MATCH_TYPE_UNSPECIFIED") == 0)
        return same_text (filter, filter->text, text);
    low = filter->case_sensitive ? g_strdup (text) : g_utf8_casefold (text, -1);
    wanted = filter->case_sensitive ? g_strdup (filter->text) : g_utf8_casefold (filter->text, -1);
    if (strcmp (filter->how, "BEGINS_WITH") == 0)
        return g_str_has_prefix (low, wanted);
    if (strcmp (filter->how, "ENDS_WITH") == 0)
        return g_str_has_suffix (low, wanted);
    return strstr (low, wanted) != NULL;
}

static gboolean
list_has (const Ga4Filter *filter, const char *text)
{
    for (guint i = 0; i < filter->list->len; i++)
        if (same_text (filter, filter->list->pdata[i], text))
            return TRUE;
    return FALSE;
}

static gboolean
text_holds (Ga4Filter *filter, const Ga4FilterRow *row)
{
    guint id = row->id (row->row, filter->field) % MEMO;

    if (filter->memo[id] == 0) {
        const char *text = row->text (row->row, filter->field, id);
        gboolean holds = filter->kind == NODE_LIST ? list_has (filter, text) : text_fits (filter, text);

        filter->memo[id] = holds ? 1 : -1;
    }
    return filter->memo[id] > 0;
}

static gboolean
compare (const Ga4Filter *filter, double number)
{
    if (strcmp (filter->how, "LESS_THAN") == 0)
        return number < filter->low;
    if (strcmp (filter->how, "LESS_THAN_OR_EQUAL") == 0)
        return number <= filter->low;
    if (strcmp (filter->how, "GREATER_THAN") == 0)
        return number > filter->low;
    if (strcmp (filter->how, "GREATER_THAN_OR_EQUAL") == 0)
        return number >= filter->low;
    return number == filter->low;
}

static gboolean
group_holds (Ga4Filter *filter, const Ga4FilterRow *row)
{
    gboolean enough = filter->kind == NODE_OR; /* one TRUE decides an or, one FALSE an and */

    for (guint i = 0; i < filter->children->len; i++)
        if (ga4_filter_holds (filter->children->pdata[i], row) == enough)
            return enough;
    return !enough;
}

gboolean
ga4_filter_holds (Ga4Filter *filter, const Ga4FilterRow *row)
{
    double number;

    if (!filter)
        return TRUE;
    switch (filter->kind) {
    case NODE_AND:
    case NODE_OR:
        return group_holds (filter, row);
    case NODE_NOT:
        return !ga4_filter_holds (filter->children->pdata[0], row);
    case NODE_TEXT:
    case NODE_LIST:
        return text_holds (filter, row);
    case NODE_COMPARE:
        return compare (filter, row->number (row->row, filter->field));
    default:
        number = row->number (row->row, filter->field);
        return number >= filter->low && number <= filter->high;
    }
}
