/* exposition.h -- numbers in the text format that Prometheus reads. Names are without "daymark_". */
#pragma once
#include <glib.h>

/* The two lines above a family of numbers. */
void expose_head (GString *out, const char *name, const char *type, const char *help);
/* A family of one. */
void expose (GString *out, const char *name, const char *type, const char *help, gint64 value);
/* One of a family, by a label. */
void expose_labelled (GString *out, const char *name, const char *label, const char *text, gint64 value);
