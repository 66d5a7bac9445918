/* jose.h -- private to auth/: librhonabwy's types with automatic clean-up.
 *
 * Every call that takes x5u_flags gets JOSE_OFFLINE: the library must never
 * fetch what a token or a key names. */
#pragma once
#include <glib.h>
#include <rhonabwy.h>

#define JOSE_OFFLINE R_FLAG_IGNORE_REMOTE

G_DEFINE_AUTOPTR_CLEANUP_FUNC (jwk_t, r_jwk_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (jws_t, r_jws_free)
