#include "base/fault.h"

typedef struct {
    int retry_after;     /* seconds, -1 unknown */
    int status;          /* HTTP; 0: by the code */
    const char *problem; /* NULL: by the code */
} FaultPrivate;

static void
fault_private_init (FaultPrivate *private)
{
    private->retry_after = -1;
}

static void
fault_private_copy (const FaultPrivate *from, FaultPrivate *to)
{
    *to = *from;
}

static void
fault_private_clear (FaultPrivate *private)
{
    (void)private; /* it owns nothing */
}

G_DEFINE_EXTENDED_ERROR (Fault, fault)

/* GLib registers the domain at its first use, and two threads may have theirs at once. */
__attribute__ ((constructor)) static void
register_domain (void)
{
    fault_quark ();
}

static const struct {
    int status;
    const char *problem;
    gboolean transient;
} kinds[] = {
    [FAULT_INVALID] = { 422, "invalid", FALSE },     [FAULT_NOT_FOUND] = { 404, "not-found", FALSE },
    [FAULT_CONFLICT] = { 409, "conflict", FALSE },   [FAULT_DENIED] = { 422, "denied", FALSE },
    [FAULT_RECONNECT] = { 422, "reconnect", FALSE }, [FAULT_BUSY] = { 503, "busy", TRUE },
    [FAULT_LOST] = { 503, "unavailable", TRUE },     [FAULT_TIMEOUT] = { 503, "timeout", TRUE },
    [FAULT_REMOTE] = { 502, "source-failed", TRUE }, [FAULT_FULL] = { 507, "storage-full", FALSE },
    [FAULT_CANCELLED] = { 503, "stopping", FALSE },  [FAULT_FENCED] = { 409, "lease-lost", FALSE },
    [FAULT_REQUEST] = { 400, "bad-request", FALSE }, [FAULT_INTERNAL] = { 500, "internal", FALSE },
};

/* A sentence may quote what somebody sent, or the first half of it: it is made valid UTF-8. */
static void G_GNUC_PRINTF (3, 0)
    set (GError **error, FaultCode code, const char *format, va_list args, FaultPrivate details)
{
    g_autofree char *sentence = NULL;
    g_autofree char *valid = NULL;

    if (!error)
        return;
    sentence = g_strdup_vprintf (format, args);
    valid = g_utf8_make_valid (sentence, -1);
    *error = g_error_new_literal (FAULT, code, valid);
    *fault_get_private (*error) = details;
}

gboolean
fault_set (GError **error, FaultCode code, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    set (error, code, format, args, (FaultPrivate){ .retry_after = -1 });
    va_end (args);
    return FALSE;
}

gboolean
fault_set_retry (GError **error, FaultCode code, int seconds, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    set (error, code, format, args, (FaultPrivate){ .retry_after = seconds });
    va_end (args);
    return FALSE;
}

gboolean
fault_set_status (GError **error, int status, const char *problem, const char *format, ...)
{
    va_list args;

    va_start (args, format);
    set (error, FAULT_REQUEST, format, args,
         (FaultPrivate){ .retry_after = -1, .status = status, .problem = problem });
    va_end (args);
    return FALSE;
}

static gboolean
is_ours (const GError *error)
{
    return error && error->domain == FAULT && error->code >= 0 && error->code < (int)G_N_ELEMENTS (kinds);
}

int
fault_status (const GError *error)
{
    const FaultPrivate *private;

    if (!is_ours (error))
        return 500;
    private = fault_get_private (error);
    return private->status ? private->status : kinds[error->code].status;
}

const char *
fault_problem (const GError *error)
{
    const FaultPrivate *private;

    if (!is_ours (error))
        return kinds[FAULT_INTERNAL].problem;
    private = fault_get_private (error);
    return private->problem ? private->problem : kinds[error->code].problem;
}

int
fault_retry_after (const GError *error)
{
    const FaultPrivate *private = is_ours (error) ? fault_get_private (error) : NULL;

    return private ? private->retry_after : -1;
}

gboolean
fault_is_transient (const GError *error)
{
    return is_ours (error) && kinds[error->code].transient;
}

gboolean
fault_is (const GError *error, FaultCode code)
{
    return g_error_matches (error, FAULT, code);
}
