/* test_identity.c -- how long somebody is remembered. */
#include "../http/rig.h"
#include "../store/both_engines.h"

#include "api/identity.h"
#include "auth/secret.h"
#include "sql.h"

#define ANNA   "11111111-1111-4111-8111-111111111111"
#define TOKEN  "22222222-2222-4222-8222-222222222222"
#define SECRET "dm_a-secret-of-anna"

typedef struct {
    Rig rig; /* first: the rig's own hooks take it */
    Clock clock;
    gint64 time;
    int looks; /* at the monotonic clock */
    int revoke_at;
    char *url;
    char hash[SECRET_HASH_TEXT];
    Store *store; /* of the one worker */
    Identities *identities;
} Door;

static gint64
door_now (Clock *clock)
{
    return ((Door *)((char *)clock - offsetof (Door, clock)))->time;
}

static void
revoke_token (Door *door)
{
    g_autoptr (Store) other = store_open (door->url, NULL, NULL);

    assert_true (store_do (other, &sql_auth_token_delete,
                           PARAMS ({ "id", VALUE_OF_TEXT (TOKEN) }, { "user", VALUE_OF_TEXT (ANNA) }),
                           NULL) == 1);
    identities_forget (door->identities, door->hash);
}

/* The clock is looked at before the database is asked, and again before the answer is remembered. */
static gint64
door_monotonic (Clock *clock)
{
    Door *door = (Door *)((char *)clock - offsetof (Door, clock));

    if (++door->looks == door->revoke_at)
        revoke_token (door);
    return door->time;
}

static gboolean
never_quick (HttpCall *call, gpointer user)
{
    return FALSE;
}

static void
let_in (HttpCall *call, gpointer state, gpointer user)
{
    Door *door = user;
    Identity who;

    if (identity_find (door->identities, call, door->store, &who, NULL))
        http_reply (call, 200, "text/plain", who.user_id, strlen (who.user_id));
    else
        http_reply (call, 401, "text/plain", "", 0);
}

static Door *
door_new (void **state, gint64 lasts)
{
    Door *door = g_new0 (Door, 1);
    Fixture *fixture = fixture_of (state);
    HttpOptions options = { .address = "127.0.0.1",
                            .loops = 1,
                            .workers = 1,
                            .quick = never_quick,
                            .work = let_in,
                            .refuse = rig_refuse,
                            .done = rig_done,
                            .user = door };

    door->clock = (Clock){ .now = door_now, .monotonic = door_monotonic };
    door->time = g_get_real_time ();
    door->url = fixture->url;
    door->store = fixture->store;
    assert_true (migrate (door->store, migrations, NULL) > 0);
    secret_hash (SECRET, strlen (SECRET), door->hash);
    assert_true (
        store_do (door->store, &sql_auth_token_insert,
                  PARAMS ({ "id", VALUE_OF_TEXT (TOKEN) }, { "user", VALUE_OF_TEXT (ANNA) },
                          { "name", VALUE_OF_TEXT ("test") }, { "hash", VALUE_OF_TEXT (door->hash) },
                          { "now", VALUE_OF_INSTANT (door->time) },
                          { "expires_at", lasts ? VALUE_OF_INSTANT (door->time + lasts) : VALUE_NONE }),
                  NULL) == 1);
    door->identities = identities_new (NULL, &door->clock, "daymark");
    rig_start (&door->rig, &options);
    return door;
}

static void
door_free (Door *door)
{
    rig_stop (&door->rig);
    identities_free (door->identities);
    g_free (door);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Door, door_free)

static int
knock (Door *door)
{
    g_auto (Answer) answer = rig_ask (&door->rig, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " SECRET
                                                  "\r\nConnection: close\r\n\r\n");

    return answer.status;
}

static void
test_remembered_for_a_moment (void **state)
{
    g_autoptr (Door) door = door_new (state, 0);

    assert_int_equal (knock (door), 200);
    assert_true (store_do (door->store, SQL ("DELETE FROM api_tokens"), NO_PARAMS, NULL) == 1);
    assert_int_equal (knock (door), 200); /* another instance revoked it: this one learns of it in time */
    door->time += RECHECK_SECONDS * SECOND_US;
    assert_int_equal (knock (door), 401);
}

static void
test_revoked_while_it_was_looked_up (void **state)
{
    g_autoptr (Door) door = door_new (state, 0);

    door->revoke_at = 2;
    assert_int_equal (knock (door), 200); /* it was good when it was asked for */
    assert_true (door->looks >= 2);
    assert_int_equal (knock (door), 401);
}

static void
test_not_remembered_beyond_its_end (void **state)
{
    g_autoptr (Door) door = door_new (state, SECOND_US);

    assert_int_equal (knock (door), 200);
    door->time += SECOND_US;
    assert_int_equal (knock (door), 401);
}

/* A full disk, a database that only reads: those who are known come in all the same. */
static void
test_last_use_may_go_unrecorded (void **state)
{
    g_autoptr (Door) door = door_new (state, 0);

    assert_true (store_do (door->store,
                           SQL ("CREATE TRIGGER full BEFORE UPDATE ON api_tokens "
                                "BEGIN SELECT RAISE (ABORT, 'full'); END"),
                           NO_PARAMS, NULL) >= 0);
    assert_int_equal (knock (door), 200);
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        BOTH (test_remembered_for_a_moment),
        BOTH (test_revoked_while_it_was_looked_up),
        BOTH (test_not_remembered_beyond_its_end),
        ON_SQLITE (test_last_use_may_go_unrecorded),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
