/* value.h -- one typed value: a bound parameter, a column of a fact, a cell.
 *
 * Text is borrowed: whoever makes a Value keeps the string alive. */
#pragma once
#include "base/date.h"

#include <glib.h>

typedef enum { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT, VALUE_DAY, VALUE_INSTANT } ValueType;

typedef struct {
    ValueType type;
    union {
        gint64 integer; /* VALUE_INT; VALUE_INSTANT as microseconds since 1970, UTC */
        double real;
        const char *text; /* UTF-8; NULL is written as SQL NULL */
        Day day;
    };
} Value;

#define VALUE_NONE           ((Value){ .type = VALUE_NULL })
#define VALUE_OF_INT(i)      ((Value){ .type = VALUE_INT, .integer = (i) })
#define VALUE_OF_REAL(r)     ((Value){ .type = VALUE_REAL, .real = (r) })
#define VALUE_OF_TEXT(s)     ((Value){ .type = VALUE_TEXT, .text = (s) })
#define VALUE_OF_DAY(d)      ((Value){ .type = VALUE_DAY, .day = (d) })
#define VALUE_OF_INSTANT(us) ((Value){ .type = VALUE_INSTANT, .integer = (us) })
