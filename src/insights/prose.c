#include "insights/prose.h"

#include <math.h>
#include <string.h>

#define MINUS     "\u2212"
#define NAME_MOST 60 /* characters */

/* ---- numbers ---- */

/* 1234567.5 with one digit is 1,234,567.5; value is not negative. */
static void
add_grouped (GString *text, double value, int digits)
{
    g_autofree char *plain = g_strdup_printf ("%.*f", digits, value);
    gsize whole = strcspn (plain, ".");

    for (gsize i = 0; i < whole; i++) {
        if (i && (whole - i) % 3 == 0)
            g_string_append_c (text, ',');
        g_string_append_c (text, plain[i]);
    }
    g_string_append (text, plain + whole);
}

static const struct {
    const char *code, *symbol;
    int digits; /* of small amounts */
} currencies[] = {
    { "EUR", "€", 2 },    { "USD", "$", 2 },    { "GBP", "£", 2 },  { "JPY", "¥", 0 },   { "KRW", "₩", 0 },
    { "INR", "₹", 2 },    { "BRL", "R$", 2 },   { "AUD", "A$", 2 }, { "CAD", "CA$", 2 }, { "NZD", "NZ$", 2 },
    { "MXN", "MX$", 2 },  { "ILS", "₪", 2 },    { "VND", "₫", 0 },  { "PHP", "₱", 2 },   { "CLP", "CLP ", 0 },
    { "ISK", "ISK ", 0 }, { "HUF", "HUF ", 0 },
};

static int
find_currency (const char *code)
{
    for (guint i = 0; i < G_N_ELEMENTS (currencies); i++)
        if (g_strcmp0 (currencies[i].code, code) == 0)
            return (int)i;
    return -1;
}

static int
digits_of (const Figure *figure)
{
    double size = fabs (figure->value);
    int at;

    switch (figure->unit) {
    case UNIT_PERCENT:
        return size >= 0.0995 ? 0 : figure->points && size < 0.0005 ? 2 : 1;
    case UNIT_RATIO:
        return 2;
    case UNIT_MONEY:
    case UNIT_MONEY_PER_1000:
        at = find_currency (figure->currency);
        return size >= (figure->rough ? 10 : 1000) ? 0 : at < 0 ? 2 : currencies[at].digits;
    default:
        return 0;
    }
}

static double
scaled (const Figure *figure)
{
    return fabs (figure->value) * (figure->unit == UNIT_PERCENT ? 100 : 1);
}

gboolean
prose_is_zero (const Figure *figure)
{
    return scaled (figure) * pow (10, digits_of (figure)) < 0.5;
}

static void
add_currency (GString *text, const char *code)
{
    int at = find_currency (code);

    if (at >= 0)
        g_string_append (text, currencies[at].symbol);
    else if (code && *code)
        g_string_append_printf (text, "%s ", code);
}

void
prose_figure (GString *text, const Figure *figure)
{
    if (figure->value < 0 && !prose_is_zero (figure))
        g_string_append (text, MINUS);
    if (figure->unit == UNIT_MONEY || figure->unit == UNIT_MONEY_PER_1000)
        add_currency (text, figure->currency);
    add_grouped (text, scaled (figure), digits_of (figure));
    if (figure->unit == UNIT_PERCENT)
        g_string_append (text, figure->points ? " pp" : "%");
}

void
prose_size (GString *text, const Figure *figure)
{
    Figure size = *figure;

    size.value = fabs (size.value);
    prose_figure (text, &size);
}

/* ---- days ---- */

static const char *const months[] = { "",    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char *const weekdays[] = { "",         "Monday", "Tuesday",  "Wednesday",
                                        "Thursday", "Friday", "Saturday", "Sunday" };

const char *
prose_weekday (int weekday)
{
    return weekdays[weekday];
}

void
prose_day (GString *text, Day day)
{
    int year, month, at;

    day_split (day, &year, &month, &at);
    g_string_append_printf (text, "%.3s %d %s %d", weekdays[day_weekday (day)], at, months[month], year);
}

/* The first day of several, without what the last one says too. */
static void
add_first (GString *text, Period window)
{
    int year[2], month[2], day[2];

    day_split (window.from, &year[0], &month[0], &day[0]);
    day_split (window.to, &year[1], &month[1], &day[1]);
    g_string_append_printf (text, "%d", day[0]);
    if (year[0] != year[1])
        g_string_append_printf (text, " %s %d", months[month[0]], year[0]);
    else if (month[0] != month[1])
        g_string_append_printf (text, " %s", months[month[0]]);
}

static void
add_last (GString *text, Period window)
{
    int year, month, day;

    day_split (window.to, &year, &month, &day);
    g_string_append_printf (text, "%d %s %d", day, months[month], year);
}

void
prose_window (GString *text, Period window)
{
    if (window.from == window.to) {
        prose_day (text, window.from);
        return;
    }
    add_first (text, window);
    g_string_append (text, "–");
    add_last (text, window);
}

void
prose_during (GString *text, Period window)
{
    g_string_append (text, window.from == window.to ? "on " : "from ");
    if (window.from == window.to) {
        prose_day (text, window.from);
        return;
    }
    add_first (text, window);
    g_string_append (text, " to ");
    add_last (text, window);
}

/* ---- names ---- */

/* Characters that break a line, are not seen, or turn the text around. */
static gboolean
is_blank (gunichar c)
{
    return g_unichar_iscntrl (c) || g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_FORMAT ||
           g_unichar_type (c) == G_UNICODE_LINE_SEPARATOR ||
           g_unichar_type (c) == G_UNICODE_PARAGRAPH_SEPARATOR;
}

static gboolean
is_quote (gunichar c)
{
    return c == '"' || (c >= 0x201c && c <= 0x201f) || c == 0xab || c == 0xbb || c == 0xff02;
}

static void
add_clean (GString *text, const char *name)
{
    glong n = 0;
    gboolean blank = FALSE;

    for (const char *at = name; *at; at = g_utf8_next_char (at)) {
        gunichar c = g_utf8_get_char (at);

        if (is_blank (c)) {
            blank = n > 0;
            continue;
        }
        if (n + blank >= NAME_MOST) {
            g_string_append (text, "…");
            return;
        }
        if (blank) {
            g_string_append_c (text, ' ');
            n++;
        }
        blank = FALSE;
        g_string_append_unichar (text, is_quote (c) ? '\'' : c);
        n++;
    }
}

void
prose_name (GString *text, const char *name)
{
    g_autofree char *valid = g_utf8_make_valid (name ? name : "", -1);
    gsize before;

    g_string_append (text, "“");
    before = text->len;
    add_clean (text, valid);
    g_string_append (text, text->len == before ? "(no name)”" : "”");
}
