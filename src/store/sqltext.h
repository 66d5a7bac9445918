/* sqltext.h -- named parameters: finding them in a text, giving them values.
 * Private to store/.
 *
 * Literals, quoted names, comments and ::casts are passed over. PostgreSQL's
 * own E'\\'' and $$ bodies are not known here: a query does not need them, and
 * a migration has no parameters. */
#pragma once
#include "store/store.h"

#define PARAMS_MAX     64 /* distinct parameters of one Sql */
#define VALUE_TEXT_MAX 32 /* buffer for a number, a day or an instant */

/* A text with its parameters numbered for PostgreSQL. */
typedef struct {
    char *text;          /* :user became $1; the same name is the same number */
    GPtrArray *names;    /* of char *, owned: the name of $1, $2, ... */
    gboolean only_reads; /* a SELECT that neither writes nor locks: may be sent again */
} SqlText;

SqlText *sqltext_new (const char *text);
void sqltext_free (SqlText *sql);

/* Puts the value of each name into values, in order. FAULT_INTERNAL if a name
 * has no value, or a value no name. */
gboolean params_order (const Sql *sql, const GPtrArray *names, const Param *params,
                       Value values[static PARAMS_MAX], GError **error);

/* A value as both engines take it; NULL is SQL NULL. Instants have always six
 * digits of fraction, so that SQLite's order of text is the order of time.
 * Points into buffer, or at the value's own text. */
const char *value_write (const Value *value, char buffer[static VALUE_TEXT_MAX]);
gboolean value_is_null (const Value *value);
