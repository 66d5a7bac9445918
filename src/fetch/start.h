/* start.h -- libcurl, set up once for all who use it. */
#pragma once
#include <curl/curl.h>
#include <glib.h>

/* A new handle, which the caller cleans up; NULL with an error: no memory. Any thread. */
CURL *fetch_start_curl (GError **error);
