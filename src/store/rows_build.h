/* rows_build.h -- how the engines fill a Rows. Private to store/.
 *
 * First the columns' names, then the cells, row by row, from left to right. */
#pragma once
#include "store/store.h"

Rows *rows_start (guint n_columns);
void rows_add_null (Rows *rows);
void rows_add_int (Rows *rows, gint64 value);
void rows_add_real (Rows *rows, double value);
void rows_add_text (Rows *rows, const char *text, gsize length); /* also the names */
/* "2026-01-02 08:15:00+00", "2026-01-02T08:15:00.000000Z" -> "2026-01-02T08:15:00Z";
 * what is no instant stays as it is. */
void rows_add_instant (Rows *rows, const char *text, gsize length);
