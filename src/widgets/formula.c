/* A recursive descent over the text. What stands in hand is always a quotient of
 * two sides, each a plain number or a sum of metrics; whatever would leave that
 * form is refused where it stands, so nothing has to be checked afterwards but
 * the units. */
#include "widgets/formula.h"

#include "base/fault.h"

#include <string.h>

#define MOST_DEPTH    20
#define MOST_DECIMALS 6
#define MOST_FACTOR   1000000000000 /* 10^12: with 10^6 of money it leaves room for real numbers */

/* A plain number. */
typedef struct {
    gint64 num, den; /* den > 0, no common divisor */
} Rational;

typedef struct {
    const Metric *metric;
    Rational factor;
} Part;

/* n 0: the plain number; else the sum of the parts, and number is not used. */
typedef struct {
    Rational number;
    Part parts[FORMULA_TERMS];
    guint n;
} Side;

typedef struct {
    Side num, den;
} Quotient;

typedef struct {
    const char *text, *at;
    guint depth;
    GError **error;
} Parser;

static gboolean expression (Parser *parser, Quotient *value);

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (Parser *parser, const char *format, ...)
{
    va_list args;
    g_autofree char *why = NULL;

    va_start (args, format);
    why = g_strdup_vprintf (format, args);
    va_end (args);
    return fault_set (parser->error, FAULT_INVALID, "the formula, at character %ld: %s",
                      g_utf8_strlen (parser->text, parser->at - parser->text) + 1, why);
}

/* ---- plain numbers ---- */

static gint64
greatest_common_divisor (gint64 a, gint64 b)
{
    while (b) {
        gint64 rest = a % b;

        a = b;
        b = rest;
    }
    return ABS (a);
}

static gboolean
rational (Parser *parser, __int128 num, __int128 den, Rational *out)
{
    gint64 divisor;

    if (den < 0) {
        num = -num;
        den = -den;
    }
    if (num > MOST_FACTOR || num < -MOST_FACTOR || den > MOST_FACTOR)
        return refuse (parser, "the numbers in it are too large or too fine");
    divisor = greatest_common_divisor ((gint64)num, (gint64)den);
    *out = (Rational){ (gint64)num / divisor, (gint64)den / divisor };
    return TRUE;
}

static gboolean
rational_times (Parser *parser, Rational a, Rational b, Rational *out)
{
    return rational (parser, (__int128)a.num * b.num, (__int128)a.den * b.den, out);
}

static gboolean
rational_plus (Parser *parser, Rational a, Rational b, Rational *out)
{
    return rational (parser, (__int128)a.num * b.den + (__int128)b.num * a.den, (__int128)a.den * b.den, out);
}

/* ---- sides and quotients ---- */

static const Side one = { .number = { 1, 1 } };

static gboolean
side_scale (Parser *parser, Side *side, Rational by)
{
    if (!side->n)
        return rational_times (parser, side->number, by, &side->number);
    for (guint i = 0; i < side->n; i++)
        if (!rational_times (parser, side->parts[i].factor, by, &side->parts[i].factor))
            return FALSE;
    return TRUE;
}

static gboolean
side_times (Parser *parser, const Side *a, const Side *b, Side *out)
{
    if (a->n && b->n)
        return refuse (parser, "metrics can't be multiplied by each other: it would have no total");
    *out = a->n ? *a : *b;
    return side_scale (parser, out, a->n ? b->number : a->number);
}

static gboolean
side_add_part (Parser *parser, Side *side, Part part)
{
    for (guint i = 0; i < side->n; i++)
        if (side->parts[i].metric == part.metric)
            return rational_plus (parser, side->parts[i].factor, part.factor, &side->parts[i].factor);
    if (side->n == FORMULA_TERMS)
        return refuse (parser, "it has more than %d metrics", FORMULA_TERMS);
    if (side->n && side->parts[0].metric->unit != part.metric->unit)
        return refuse (parser, "%s and %s can't be added: one is money, the other a count",
                       side->parts[0].metric->key, part.metric->key);
    side->parts[side->n++] = part;
    return TRUE;
}

static gboolean
side_plus (Parser *parser, Side *side, const Side *other)
{
    if (!side->n && !other->n)
        return rational_plus (parser, side->number, other->number, &side->number);
    if (!side->n && !side->number.num) {
        *side = *other;
        return TRUE;
    }
    if (!other->n && !other->number.num)
        return TRUE;
    if (!side->n || !other->n)
        return refuse (parser, "a plain number can't be added to a metric, only multiply or divide it");
    for (guint i = 0; i < other->n; i++)
        if (!side_add_part (parser, side, other->parts[i]))
            return FALSE;
    return TRUE;
}

/* Parts that have cancelled out are gone; a sum of none is the number 0. */
static void
side_tidy (Side *side)
{
    guint kept = 0;

    for (guint i = 0; i < side->n; i++)
        if (side->parts[i].factor.num)
            side->parts[kept++] = side->parts[i];
    if (side->n && !kept)
        side->number = (Rational){ 0, 1 };
    side->n = kept;
}

/* The divisor of a quotient without metrics below is made 1, so that sums can be added. */
static gboolean
fold (Parser *parser, Quotient *value)
{
    Rational below = value->den.number;

    if (value->den.n)
        return TRUE;
    value->den = one;
    return side_scale (parser, &value->num, (Rational){ below.den, below.num });
}

static gboolean
add (Parser *parser, Quotient *value, Quotient *other, int sign)
{
    if (value->den.n || other->den.n)
        return refuse (parser, "a quotient can't be added to anything: it would have no total. Put the "
                               "division last, as in (a + b) / c");
    if (!side_scale (parser, &other->num, (Rational){ sign, 1 }) ||
        !side_plus (parser, &value->num, &other->num))
        return FALSE;
    side_tidy (&value->num);
    return TRUE;
}

static gboolean
multiply (Parser *parser, Quotient *value, const Quotient *other)
{
    Quotient left = *value;

    return side_times (parser, &left.num, &other->num, &value->num) &&
           side_times (parser, &left.den, &other->den, &value->den) && fold (parser, value);
}

static gboolean
divide (Parser *parser, Quotient *value, const Quotient *other)
{
    Quotient turned = { .num = other->den, .den = other->num };

    if (!other->num.n && !other->num.number.num)
        return refuse (parser, "it divides by zero");
    /* a / (x / y) with a metric in y is a * y / x, which multiplies; a / x / y would too. */
    return multiply (parser, value, &turned);
}

/* ---- reading ---- */

static char
peek (Parser *parser)
{
    parser->at += strspn (parser->at, " \t\n");
    return *parser->at;
}

static gboolean
take (Parser *parser, char c)
{
    if (peek (parser) != c)
        return FALSE;
    parser->at++;
    return TRUE;
}

static gboolean
number (Parser *parser, Quotient *value)
{
    gsize whole = strspn (parser->at, "0123456789");
    gsize decimals = parser->at[whole] == '.' ? strspn (parser->at + whole + 1, "0123456789") : 0;
    __int128 num = 0, den = 1;

    if (whole > 12 || decimals > MOST_DECIMALS)
        return refuse (parser, "a number has at most 12 digits and %d decimals", MOST_DECIMALS);
    if (!whole || (parser->at[whole] == '.' && !decimals))
        return refuse (parser, "this is not a number");
    for (gsize i = 0; i < whole; i++)
        num = num * 10 + (*parser->at++ - '0');
    parser->at += decimals > 0;
    for (gsize i = 0; i < decimals; i++, den *= 10)
        num = num * 10 + (*parser->at++ - '0');
    *value = (Quotient){ one, one };
    return rational (parser, num, den, &value->num.number);
}

static gboolean
metric (Parser *parser, Quotient *value)
{
    gsize length = strspn (parser->at, "abcdefghijklmnopqrstuvwxyz0123456789_.");
    const Metric *found = metric_find (parser->at, length);

    if (!found)
        return refuse (parser, "there is no metric \"%.*s\"", (int)MIN (length, 40), parser->at);
    parser->at += length;
    *value = (Quotient){ one, one };
    value->num.n = 1;
    value->num.parts[0] = (Part){ found, { 1, 1 } };
    return TRUE;
}

static gboolean
parenthesis (Parser *parser, Quotient *value)
{
    parser->at++;
    if (!expression (parser, value))
        return FALSE;
    return take (parser, ')') || refuse (parser, "a ) is missing here");
}

static gboolean
primary (Parser *parser, Quotient *value)
{
    char c = peek (parser);

    if (c == '(')
        return parenthesis (parser, value);
    if (g_ascii_isdigit (c) || c == '.')
        return number (parser, value);
    if (g_ascii_islower (c))
        return metric (parser, value);
    return refuse (parser, "a metric, a number or a ( must stand here");
}

static gboolean
factor (Parser *parser, Quotient *value)
{
    gboolean negative = take (parser, '-'), ok;

    if (++parser->depth > MOST_DEPTH)
        return refuse (parser, "it is nested too deep");
    ok = primary (parser, value) && (!negative || side_scale (parser, &value->num, (Rational){ -1, 1 }));
    parser->depth--;
    return ok;
}

static gboolean
term (Parser *parser, Quotient *value)
{
    if (!factor (parser, value))
        return FALSE;
    for (;;) {
        char sign = peek (parser);
        Quotient other;

        if (sign != '*' && sign != '/')
            return TRUE;
        parser->at++;
        if (!factor (parser, &other) ||
            !(sign == '*' ? multiply (parser, value, &other) : divide (parser, value, &other)))
            return FALSE;
    }
}

static gboolean
expression (Parser *parser, Quotient *value)
{
    if (!term (parser, value))
        return FALSE;
    for (;;) {
        char sign = peek (parser);
        Quotient other;

        if (sign != '+' && sign != '-')
            return TRUE;
        parser->at++;
        if (!term (parser, &other) || !add (parser, value, &other, sign == '+' ? 1 : -1))
            return FALSE;
    }
}

/* ---- what it means ---- */

/* Both sides by what makes every factor a whole number. */
static gboolean
make_whole (Parser *parser, Side *side, gint64 *scale)
{
    for (guint i = 0; i < side->n; i++) {
        gint64 den = side->parts[i].factor.den;

        *scale = *scale / greatest_common_divisor (*scale, den) * den;
        if (*scale > MOST_FACTOR)
            return refuse (parser, "the numbers in it are too large or too fine");
    }
    return TRUE;
}

static gboolean
settle_side (Parser *parser, Side *side, gint64 scale, Sum *sum, Formula *formula)
{
    if (!side_scale (parser, side, (Rational){ scale, 1 }))
        return FALSE;
    sum->n = side->n;
    for (guint i = 0; i < side->n; i++) {
        const Metric *of = side->parts[i].metric;

        sum->terms[i] = (Term){ of, side->parts[i].factor.num };
        formula->needs |= of->source;
        formula->has_unique |= of->total == TOTAL_UNIQUE;
    }
    return TRUE;
}

static gboolean
settle_unit (Parser *parser, Formula *formula)
{
    gboolean money = formula->num.terms[0].metric->unit == UNIT_MONEY;

    if (!formula->den.n) {
        formula->unit = money ? UNIT_MONEY : UNIT_COUNT;
        return money || formula->divisor == 1 ||
               refuse (parser, "a count can't be multiplied by a fraction: it would be no count");
    }
    if (money)
        formula->unit = formula->den.terms[0].metric->unit == UNIT_MONEY ? UNIT_RATIO : UNIT_MONEY;
    else if (formula->den.terms[0].metric->unit == UNIT_MONEY)
        return refuse (parser, "a count divided by money has no unit that can be shown: turn it round");
    else
        formula->unit = UNIT_RATIO;
    return TRUE;
}

static gboolean
settle (Parser *parser, Quotient *value, Formula *formula)
{
    gint64 scale = 1;

    side_tidy (&value->num);
    side_tidy (&value->den);
    if (!value->num.n)
        return refuse (parser, "no metric stands above the line: the result would be no number of yours");
    if (!make_whole (parser, &value->num, &scale) || !make_whole (parser, &value->den, &scale) ||
        !settle_side (parser, &value->num, scale, &formula->num, formula) ||
        !settle_side (parser, &value->den, scale, &formula->den, formula))
        return FALSE;
    formula->divisor = value->den.n ? 1 : scale;
    return settle_unit (parser, formula);
}

gboolean
formula_parse (Formula *formula, const char *text, GError **error)
{
    Parser parser = { .text = text, .at = text, .error = error };
    Quotient value;

    *formula = (Formula){ .divisor = 1 };
    if (strlen (text) > FORMULA_BYTES)
        return fault_set (error, FAULT_INVALID, "a formula has at most %d characters", FORMULA_BYTES);
    if (!g_utf8_validate (text, -1, NULL))
        return fault_set (error, FAULT_INVALID, "the formula is not UTF-8");
    if (!expression (&parser, &value))
        return FALSE;
    if (peek (&parser))
        return refuse (&parser, "+, -, * or / must stand here");
    return settle (&parser, &value, formula);
}

static gboolean
sum_fits (const Sum *sum, Dimension dimension, GError **error)
{
    for (guint i = 0; i < sum->n; i++)
        if (!metric_has (sum->terms[i].metric, dimension))
            return fault_set (error, FAULT_INVALID, "%s is not known by %s", sum->terms[i].metric->key,
                              dimension_name (dimension));
    return TRUE;
}

gboolean
formula_fits (const Formula *formula, Dimension dimension, GError **error)
{
    return sum_fits (&formula->num, dimension, error) && sum_fits (&formula->den, dimension, error);
}
