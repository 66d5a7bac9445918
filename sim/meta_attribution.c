/* meta_attribution.c -- the parameters that say how purchases are put to ads, checked. */
#include "meta.h"

#include <jansson.h>

static gboolean
is_window (const char *name)
{
    static const char *const names[] = { "1d_click", "7d_click", "28d_click", "1d_view", "7d_view",
                                         "28d_view", "1d_ev",    "dda",       "default", NULL };

    return name && (g_strv_contains (names, name) || g_str_has_prefix (name, "skan_"));
}

/* A JSON list, as all lists but fields are. */
static gboolean
check_windows (const GraphCall *call, const char *text)
{
    json_t *windows = json_loads (text, 0, NULL), *window;
    gboolean good = json_is_array (windows);
    gsize i;

    json_array_foreach (windows, i, window) good = good && is_window (json_string_value (window));
    json_decref (windows);
    return good ||
           graph_invalid (call->reply, "Param action_attribution_windows must be an array of windows");
}

static gboolean
check_flag (const GraphCall *call, const char *name)
{
    static const char *const values[] = { "true", "false", "1", "0", NULL };
    const char *text = graph_parameter (call, name);

    return !text || g_strv_contains (values, text) ||
           graph_invalid (call->reply, "Param %s must be a boolean", name);
}

gboolean
meta_attribution_check (const GraphCall *call)
{
    const char *windows = graph_parameter (call, "action_attribution_windows");

    return (!windows || check_windows (call, windows)) &&
           check_flag (call, "use_unified_attribution_setting") &&
           check_flag (call, "use_account_attribution_setting");
}
