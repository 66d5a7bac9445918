/* fields.h -- several numbers of the same rows: Lines for each that is drawn by day.
 *
 * Borrows from the rows and the frame, like Lines. */
#pragma once
#include "render/lines.h"

typedef struct {
    const Field *field;
    Frame frame; /* the asked one, with title and unit of this field */
    Lines *lines;
} FieldLines;

GArray *fields_read (const Rows *rows, const Frame *frame); /* of FieldLines; the caller unrefs it */
/* The column that a field is read from. */
const char *field_column (const Field *field);
/* "series" and, if something is compared, "compare". */
void fields_write_series (const GArray *fields, Json *json);
/* The latter with its series, if something is compared; else FALSE. The caller ends the object. */
gboolean fields_begin_compare (const GArray *fields, const Frame *frame, Json *json);
void fields_write_compare (const GArray *fields, const Frame *frame, Json *json);
