#include "api/mcp.h"

#include "api/throttle.h"
#include "base/fault.h"

#include <string.h>

#define MOST_BYTES 200 /* of an argument */

struct McpTool {
    const char *name, *title, *description;
    const char *method, *path; /* of its route */
    const char *otherwise;     /* the path's part if no argument gives it; NULL: it must */
};

static const McpTool tools[] = {
    { "list_widgets", "List widgets",
      "Every widget that can be asked: its key, title, unit, what it needs, and by what its changes can be "
      "explained. Widgets of the user's own are among them.",
      "GET", "/v1/widgets", NULL },
    { "get_widget", "Get a widget",
      "A widget's numbers for a period: days or rows, the total, and the change against another period. "
      "Money is in the account's currency; days that can still change are marked.",
      "GET", "/v1/widgets/{key}", NULL },
    { "explain_change", "Explain a change",
      "Why a widget's number changed between two periods, in parts that add up to the change exactly.", "GET",
      "/v1/widgets/{key}/explain", NULL },
    { "get_insights", "Get insights",
      "What the numbers of a period say, in a few sentences. Each figure is one of a fact, and each fact "
      "names "
      "the widget and the parameters that show it.",
      "GET", "/v1/insights", NULL },
    { "sync_now", "Sync now",
      "Start to read new numbers from the connected accounts. Gives the id of the job, which goes on in the "
      "background; while it does, the same job is given again.",
      "POST", "/v1/sync/{source}/run", "all" },
};

/* The parameters of routes, in words. */
static const struct {
    const char *name, *description;
    const char *schema; /* what else it must be, as members of its schema; may be NULL */
} arguments_known[] = {
    { "key", "The widget's key, as list_widgets gives it", NULL },
    { "startDate", "The first day, YYYY-MM-DD", "\"format\":\"date\"" },
    { "endDate", "The last day, inclusive, YYYY-MM-DD", "\"format\":\"date\"" },
    { "compare", "With what to compare; custom takes compareStart and compareEnd",
      "\"enum\":[\"off\",\"previous_period\",\"previous_year\",\"custom\"]" },
    { "compareStart", "The first day to compare with, YYYY-MM-DD", "\"format\":\"date\"" },
    { "compareEnd", "The last day to compare with, YYYY-MM-DD", "\"format\":\"date\"" },
    { "sources", "Which sources count, with commas: ga4, meta, instagram; all if absent", NULL },
    { "by", "Into what the change is split, as list_widgets gives it for the widget", NULL },
    { "metric", "Which of the widget's numbers, if it has several", NULL },
    { "sensitivity", "How soon a day is called unusual; normal if absent",
      "\"enum\":[\"low\",\"normal\",\"high\"]" },
    { "source", "Which source to read; all if absent", "\"enum\":[\"all\",\"ga4\",\"meta\",\"instagram\"]" },
};

const McpTool *
mcp_tool_find (const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
        if (strcmp (tools[i].name, name) == 0)
            return &tools[i];
    return NULL;
}

static const Route *
route_of (const McpTool *tool)
{
    for (guint i = 0; i < api_n_routes; i++)
        if (strcmp (api_routes[i].method, tool->method) == 0 && strcmp (api_routes[i].path, tool->path) == 0)
            return &api_routes[i];
    g_error ("the tool %s names no route", tool->name);
}

/* ---- what a tool takes ---- */

static char **
segments_of (const McpTool *tool)
{
    return g_strsplit (tool->path + 1, "/", -1);
}

/* The names of its arguments: those of the path, then those of the query; "!" after required ones. */
static GPtrArray *
arguments_of (const McpTool *tool)
{
    const char *query = route_of (tool)->query;
    g_auto (GStrv) segments = segments_of (tool), parameters = g_strsplit (query ? query : "", " ", -1);
    GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

    for (char **at = segments; *at; at++)
        if (**at == '{')
            g_ptr_array_add (names, g_strdup_printf ("%.*s%s", (int)strcspn (*at + 1, "}"), *at + 1,
                                                     tool->otherwise ? "" : "!"));
    for (char **at = parameters; *at; at++)
        g_ptr_array_add (names, g_strdup (*at));
    return names;
}

/* Cuts off the "!". */
static gboolean
take_required (char *name)
{
    char *mark = strchr (name, '!');

    if (mark)
        *mark = '\0';
    return mark != NULL;
}

static void
write_argument (Json *json, const char *name)
{
    json_key (json, name);
    json_begin_object (json);
    json_put_text (json, "type", "string");
    for (guint i = 0; i < G_N_ELEMENTS (arguments_known); i++) {
        if (strcmp (arguments_known[i].name, name) != 0)
            continue;
        json_put_text (json, "description", arguments_known[i].description);
        if (arguments_known[i].schema)
            g_string_append_printf (json->out, ",%s", arguments_known[i].schema);
    }
    json_end_object (json);
}

static void
write_schema (Json *json, const McpTool *tool)
{
    g_autoptr (GPtrArray) names = arguments_of (tool), required = g_ptr_array_new ();

    json_begin_object (json);
    json_put_text (json, "type", "object");
    json_key (json, "properties");
    json_begin_object (json);
    for (guint i = 0; i < names->len; i++) {
        if (take_required (names->pdata[i]))
            g_ptr_array_add (required, names->pdata[i]);
        write_argument (json, names->pdata[i]);
    }
    json_end_object (json);
    json_key (json, "required");
    json_begin_array (json);
    for (guint i = 0; i < required->len; i++)
        json_text (json, required->pdata[i]);
    json_end_array (json);
    json_put_bool (json, "additionalProperties", FALSE);
    json_end_object (json);
}

static void
write_tool (Json *json, const McpTool *tool)
{
    gboolean reads = strcmp (tool->method, "GET") == 0;

    json_begin_object (json);
    json_put_text (json, "name", tool->name);
    json_put_text (json, "title", tool->title);
    json_put_text (json, "description", tool->description);
    json_key (json, "inputSchema");
    write_schema (json, tool);
    json_key (json, "annotations");
    json_begin_object (json);
    json_put_text (json, "title", tool->title);
    json_put_bool (json, "readOnlyHint", reads);
    json_put_bool (json, "destructiveHint", FALSE);
    json_put_bool (json, "idempotentHint", reads);
    json_put_bool (json, "openWorldHint", !reads); /* it asks the platforms */
    json_end_object (json);
    json_end_object (json);
}

void
mcp_tools_write (Json *json)
{
    json_begin_array (json);
    for (guint i = 0; i < G_N_ELEMENTS (tools); i++)
        write_tool (json, &tools[i]);
    json_end_array (json);
}

/* ---- asking one ---- */

/* Every argument is a text, and one that the route has; what it says is for the route to judge. */
static gboolean
check_arguments (const McpTool *tool, json_t *arguments, GError **error)
{
    g_autoptr (GPtrArray) names = arguments_of (tool);
    gboolean good = TRUE;

    for (guint i = 0; i < names->len && good; i++)
        if (take_required (names->pdata[i]) || json_object_get (arguments, names->pdata[i]))
            good = call_text_member (arguments, names->pdata[i], MOST_BYTES, error) != NULL;
    g_ptr_array_add (names, NULL);
    return good && call_only_members (arguments, (const char *const *)names->pdata, error);
}

/* "{key}" becomes what is given for it. */
static void
fill_segments (const McpTool *tool, char **segments, json_t *arguments)
{
    for (char **at = segments; *at; at++) {
        g_autofree char *name = **at == '{' ? g_strndup (*at + 1, strcspn (*at + 1, "}")) : NULL;
        const char *given = name ? json_string_value (json_object_get (arguments, name)) : NULL;

        if (!name)
            continue;
        g_free (*at);
        *at = g_strdup (given ? given : tool->otherwise);
    }
}

gboolean
mcp_tool_call (const McpTool *tool, const Call *call, json_t *arguments, Inside *inside, GError **error)
{
    Call asked = *call;

    if (!check_arguments (tool, arguments, error))
        return FALSE;
    inside->query = json_incref (arguments);
    inside->segments = segments_of (tool);
    fill_segments (tool, inside->segments, arguments);
    asked.inside = inside;
    asked.route = route_of (tool);
    return throttle_user (&asked, error) && asked.route->handle (&asked, error);
}

void
mcp_inside_clear (Inside *inside)
{
    g_clear_pointer (&inside->segments, g_strfreev);
    g_clear_pointer (&inside->query, json_decref);
}
