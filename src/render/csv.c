#include "render/csv.h"

#include <string.h>

/* What begins a formula, with the full-width forms that some take for the same. */
static gboolean
begins_formula (gunichar c)
{
    static const gunichar signs[] = { '=', '+', '-', '@', 0xFF1D, 0xFF0B, 0xFF0D, 0xFF20 };

    for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
        if (signs[i] == c)
            return TRUE;
    return FALSE;
}

/* What a spreadsheet may trim before it looks, or does not show. */
static gboolean
is_blank (gunichar c)
{
    GUnicodeType type = g_unichar_type (c);

    return g_unichar_isspace (c) || type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT ||
           type == G_UNICODE_SPACE_SEPARATOR;
}

/* A tab or a line's end in front can move what follows into a cell of its own. */
static gboolean
is_dangerous (const char *text)
{
    if (*text == '\t' || *text == '\r' || *text == '\n')
        return TRUE;
    while (*text && is_blank (g_utf8_get_char (text)))
        text = g_utf8_next_char (text);
    return begins_formula (g_utf8_get_char (text));
}

/* Some spreadsheets part cells at semicolons or tabs; in quotes they don't. */
static gboolean
needs_quotes (const char *text)
{
    gsize n = strlen (text);

    return strpbrk (text, "\",;\t\r\n") || (n && (text[0] == ' ' || text[n - 1] == ' '));
}

static void
begin_cell (Csv *csv)
{
    if (csv->comma)
        g_string_append_c (csv->out, ',');
    csv->comma = TRUE;
}

void
csv_text (Csv *csv, const char *text)
{
    gboolean quotes = text && needs_quotes (text);

    begin_cell (csv);
    if (!text)
        return;
    if (quotes)
        g_string_append_c (csv->out, '"');
    if (is_dangerous (text))
        g_string_append_c (csv->out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            g_string_append_c (csv->out, '"');
        g_string_append_c (csv->out, *text);
    }
    if (quotes)
        g_string_append_c (csv->out, '"');
}

void
csv_number (Csv *csv, const char *number)
{
    begin_cell (csv);
    if (number)
        g_string_append (csv->out, number);
}

void
csv_end_row (Csv *csv)
{
    g_string_append (csv->out, "\r\n");
    csv->comma = FALSE;
}
