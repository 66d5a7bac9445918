/* csv.h -- a table as CSV (RFC 4180) that opens rightly in a spreadsheet.
 *
 * UTF-8 with a byte order mark, without which Excel takes it for the local code page; CRLF ends a
 * row. A text that a spreadsheet would run as a formula gets a ' in front; a number is written
 * as it is, also a negative one. Like Json, the writer puts the commas, never fails and lives
 * on the stack; the text is the caller's. */
#pragma once
#include <glib.h>

typedef struct {
    GString *out;
    gboolean comma; /* due before the next cell */
} Csv;

#define CSV_MARK         "\xEF\xBB\xBF"
#define CSV_INTO(string) ((Csv){ .out = (string) })

void csv_text (Csv *csv, const char *text);     /* NULL is an empty cell */
void csv_number (Csv *csv, const char *number); /* as JSON writes it; NULL is an empty cell */
void csv_end_row (Csv *csv);
