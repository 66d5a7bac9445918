#include "sources/decimal.h"

/* Beyond this an exponent only says "nothing" or "too much". */
#define EXPONENT_MOST 10000

typedef struct {
    const char *digits; /* and at most one point among them */
    int exponent;
    int whole; /* how many digits stand before the point */
    gboolean negative;
} Decimal;

static gboolean
read_exponent (const char *at, int *exponent)
{
    gboolean negative = *at == '-';

    *exponent = 0;
    if (*at == '+' || *at == '-')
        at++;
    if (!g_ascii_isdigit (*at))
        return FALSE;
    for (; g_ascii_isdigit (*at); at++)
        *exponent = MIN (*exponent * 10 + (*at - '0'), EXPONENT_MOST);
    if (negative)
        *exponent = -*exponent;
    return *at == '\0';
}

static gboolean
read_parts (const char *at, Decimal *decimal)
{
    const char *start, *point = NULL;

    decimal->negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    decimal->digits = start = at;
    for (; g_ascii_isdigit (*at) || (*at == '.' && !point); at++)
        if (*at == '.')
            point = at;
    if (at - start == (point != NULL)) /* no digit at all */
        return FALSE;
    decimal->whole = (int)MIN ((point ? point : at) - start, EXPONENT_MOST);
    decimal->exponent = 0;
    return *at == '\0' || ((*at == 'e' || *at == 'E') && read_exponent (at + 1, &decimal->exponent));
}

/* The next digit, zeros after the end. */
static int
next_digit (const char **at)
{
    if (**at == '.')
        (*at)++;
    return g_ascii_isdigit (**at) ? *(*at)++ - '0' : 0;
}

gboolean
decimal_parse (const char *text, int places, gint64 *scaled)
{
    Decimal decimal;
    gint64 value = 0;
    const char *at;
    int count;

    if (!text || !read_parts (text, &decimal))
        return FALSE;
    at = decimal.digits;
    count = decimal.whole + decimal.exponent + places; /* digits that belong to the result */
    for (int i = 0; i < count; i++) {
        int digit = next_digit (&at);

        if (value > (G_MAXINT64 - digit - 1) / 10) /* one is kept for the rounding */
            return FALSE;
        value = value * 10 + digit;
    }
    if (count >= 0 && next_digit (&at) >= 5)
        value++;
    *scaled = decimal.negative ? -value : value;
    return TRUE;
}
