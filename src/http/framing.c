/* framing.c -- is this request well-formed, and within the limits?
 *
 * libmicrohttpd parses; what it lets pass and should not is refused here: two
 * lengths or encodings at once (request smuggling), two hosts, names that are
 * no tokens (a space before the colon). It decides itself, before we see
 * anything: a line without a version, a missing Host, an unreadable length.
 *
 * What 0.9.75 hides from us, so that it cannot be refused: lines that end in a
 * bare LF are taken, a NUL cuts a value short, a header without a name (": x")
 * ends the headers, and a folded line at the end is lost. None of them makes
 * two readers of ours disagree, but a proxy in front should be a strict one. */
#include "http/internal.h"

#include <string.h>

typedef enum { KNOWN_HOST, KNOWN_LENGTH, KNOWN_ENCODING, KNOWN_EXPECT, KNOWN_ID, N_KNOWN } Known;

static const struct {
    const char *name;
    gsize n;
} known[N_KNOWN] = {
    [KNOWN_HOST] = { "host", 4 },
    [KNOWN_LENGTH] = { "content-length", 14 },
    [KNOWN_ENCODING] = { "transfer-encoding", 17 },
    [KNOWN_EXPECT] = { "expect", 6 },
    [KNOWN_ID] = { "x-request-id", 12 },
};

typedef struct {
    const char *value[N_KNOWN]; /* the first */
    guint count[N_KNOWN];
    gboolean malformed;
} Seen;

/* RFC 9110: what a token is made of. This is asked for every byte of every name. */
static const gboolean token_bytes[256] = {
    ['a' ... 'z'] = TRUE, ['A' ... 'Z'] = TRUE, ['0' ... '9'] = TRUE, ['!'] = TRUE,  ['#'] = TRUE,
    ['$'] = TRUE,         ['%'] = TRUE,         ['&'] = TRUE,         ['\''] = TRUE, ['*'] = TRUE,
    ['+'] = TRUE,         ['-'] = TRUE,         ['.'] = TRUE,         ['^'] = TRUE,  ['_'] = TRUE,
    ['`'] = TRUE,         ['|'] = TRUE,         ['~'] = TRUE,
};

static gboolean
is_token (const char *text, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (!token_bytes[(guchar)text[i]])
            return FALSE;
    return n > 0;
}

static gboolean
has_control (const char *text, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (((guchar)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
            return TRUE;
    return FALSE;
}

static enum MHD_Result
see (void *user, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value,
     size_t value_size)
{
    Seen *seen = user;

    seen->malformed |= !is_token (name, name_size) || has_control (value, value_size);
    for (guint i = 0; i < N_KNOWN; i++)
        if (known[i].n == name_size && g_ascii_strncasecmp (known[i].name, name, name_size) == 0 &&
            seen->count[i]++ == 0)
            seen->value[i] = value ? value : "";
    return MHD_YES;
}

static const char *
malformed (const Seen *seen, const char *version)
{
    const char *encoding = seen->value[KNOWN_ENCODING];

    if (seen->malformed)
        return "A header is malformed.";
    if (seen->count[KNOWN_HOST] > 1)
        return "There are two Host headers.";
    if (seen->count[KNOWN_LENGTH] > 1)
        return "There are two Content-Length headers.";
    if (!encoding)
        return NULL;
    if (seen->count[KNOWN_LENGTH])
        return "Content-Length and Transfer-Encoding exclude each other.";
    if (seen->count[KNOWN_ENCODING] > 1 || g_ascii_strcasecmp (encoding, "chunked") != 0)
        return "The only Transfer-Encoding understood is chunked.";
    if (strcmp (version, "HTTP/1.1") != 0)
        return "Transfer-Encoding needs HTTP/1.1.";
    return NULL;
}

/* An absolute target names the host a second time; both must agree. */
static const char *
wrong_target (HttpCall *call, const Seen *seen)
{
    const char *reason = call_parse_target (call);
    const char *host = seen->value[KNOWN_HOST];

    if (!reason && call->target.authority && host && g_ascii_strcasecmp (call->target.authority, host) != 0)
        return "The request target and the Host header name different hosts.";
    return reason;
}

static Framing
refused (Framing framing, int status, const char *reason)
{
    framing.status = status;
    framing.reason = reason;
    return framing;
}

Framing
framing_check (HttpCall *call, const char *version)
{
    const HttpOptions *options = &call->loop->server->options;
    gsize line = strlen (call->method) + call->raw_length + strlen (version) + 4; /* spaces and CRLF */
    gsize all =
        MHD_get_connection_info (call->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)->header_size;
    Framing framing = { 0 };
    Seen seen = { 0 };
    const char *reason;

    MHD_get_connection_values_n (call->connection, MHD_HEADER_KIND, see, &seen);
    framing.request_id = seen.value[KNOWN_ID];
    framing.chunked = seen.value[KNOWN_ENCODING] != NULL;
    framing.waits =
        seen.value[KNOWN_EXPECT] && g_ascii_strcasecmp (seen.value[KNOWN_EXPECT], "100-continue") == 0;
    if (seen.value[KNOWN_LENGTH])
        framing.body = g_ascii_strtoull (seen.value[KNOWN_LENGTH], NULL, 10);
    if ((reason = malformed (&seen, version)))
        return refused (framing, 400, reason);
    if (line > MAX_LINE)
        return refused (framing, 414, "The request line is longer than 8 KB.");
    if (all > line + MAX_HEADERS)
        return refused (framing, 431, "The headers are larger than 32 KB.");
    if ((reason = wrong_target (call, &seen)))
        return refused (framing, 400, reason);
    if (framing.body > options->max_body)
        return refused (framing, 413, "The request body is too large.");
    return framing;
}
