#include "api/exposition.h"

void
expose_head (GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf (out, "# HELP daymark_%s %s\n# TYPE daymark_%s %s\n", name, help, name, type);
}

void
expose (GString *out, const char *name, const char *type, const char *help, gint64 value)
{
    expose_head (out, name, type, help);
    g_string_append_printf (out, "daymark_%s %" G_GINT64_FORMAT "\n", name, value);
}

void
expose_labelled (GString *out, const char *name, const char *label, const char *text, gint64 value)
{
    g_string_append_printf (out, "daymark_%s{%s=\"%s\"} %" G_GINT64_FORMAT "\n", name, label, text, value);
}
