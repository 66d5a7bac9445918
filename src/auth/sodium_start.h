/* sodium_start.h -- private to auth/: libsodium, started.
 *
 * sodium_init is cheap after the first call, so whoever needs the library
 * says so himself and does not rely on main having called secret_setup. */
#pragma once
#include <glib.h>
#include <sodium.h>

static inline void
sodium_start (void)
{
    if (sodium_init () < 0)
        g_error ("libsodium could not be started");
}
