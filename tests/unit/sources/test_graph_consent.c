/* The consent addresses to the letter, and what the platforms may answer to a code. */
#include "base/fault.h"
#include "scripted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW (G_GINT64_CONSTANT (1767225600) * SECOND_US) /* 2026-01-01 */

/* RFC 7636, appendix B. */
#define VERIFIER  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static const Consent consent = { .redirect_uri = "https://dash.test/v1/connect/x/callback",
                                 .state = "st-1",
                                 .verifier = VERIFIER };

static Config
config_with_apps (void)
{
    Config config = scripted_config ();

    config.google_auth_url = (char *)"https://auth.test/auth";
    config.meta_dialog_url = (char *)"https://dialog.test/";
    config.meta_app_id = (char *)"app-1";
    config.meta_app_secret = (char *)"app-S3CR3T";
    return config;
}

static void
leads_to (Source source, const char *wanted)
{
    Config config = config_with_apps ();
    g_autoptr (GError) error = NULL;
    g_autofree char *url = source_driver (source)->consent_url (&config, &consent, &error);

    assert_null (error);
    assert_string_equal (url, wanted);
}

static void
test_addresses (void **state)
{
    leads_to (
        SOURCE_GA4,
        "https://auth.test/auth?response_type=code&client_id=client-1&redirect_uri=https%3A%2F%2Fdash.test"
        "%2Fv1%2Fconnect%2Fx%2Fcallback&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2F"
        "analytics.readonly&state=st-1&access_type=offline&prompt=consent&code_challenge=" CHALLENGE
        "&code_challenge_method=S256");
    leads_to (SOURCE_META,
              "https://dialog.test/v25.0/dialog/oauth?client_id=app-1&redirect_uri=https%3A%2F%2F"
              "dash.test%2Fv1%2Fconnect%2Fx%2Fcallback&state=st-1&scope=ads_read&"
              "response_type=code&auth_type=rerequest");
}

static void
test_no_app (void **state)
{
    Config config = config_with_apps ();

    config.google_client_secret = NULL;
    config.meta_app_secret = NULL;
    for (int one = SOURCE_GA4; one <= SOURCE_INSTAGRAM; one <<= 1) {
        g_autoptr (GError) error = NULL;

        assert_null (source_driver ((Source)one)->consent_url (&config, &consent, &error));
        assert_true (fault_is (error, FAULT_DENIED));
    }
}

/* The sentence of a code that these answers (ending with NULL) turn down; "" if it is taken. */
static char *
outcome (Source source, const char *const *answers, Grant *grant)
{
    Config config = config_with_apps ();
    Scripted scripted;
    SourceContext context = { .fetcher = &scripted.fetcher, .config = &config };
    g_autoptr (GError) error = NULL;

    scripted_init (&scripted);
    for (; *answers; answers++)
        scripted_add (&scripted, **answers == '!' ? 400 : 200, NULL, *answers + (**answers == '!'), -1);
    *grant = (Grant){ 0 };
    if (!source_driver (source)->exchange (&context, "code-S3CR3T", &consent, NOW, grant, &error))
        assert_null (strstr (error->message, "S3CR3T"));
    scripted_clear (&scripted);
    return g_strdup (error ? error->message : "");
}

static void
is_taken (Source source, const char *const *answers, const char *credential, gint64 seconds)
{
    g_auto (Grant) grant = { 0 };
    g_autofree char *sentence = outcome (source, answers, &grant);

    assert_string_equal (sentence, "");
    assert_string_equal (grant.credential, credential);
    if (seconds)
        assert_true (grant.credential_expires == NOW + seconds * SECOND_US);
    else
        assert_true (grant.credential_expires == INSTANT_NONE);
}

static void
is_refused (Source source, const char *const *answers, const char *word)
{
    g_auto (Grant) grant = { 0 };
    g_autofree char *sentence = outcome (source, answers, &grant);

    assert_non_null (strstr (sentence, word));
}

#define ANSWERS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define SCOPE        "\"scope\":\"openid https://www.googleapis.com/auth/analytics.readonly\""

static void
test_google (void **state)
{
    is_taken (SOURCE_GA4,
              ANSWERS ("{\"access_token\":\"a\",\"expires_in\":3599,\"refresh_token\":\"r\"," SCOPE "}"),
              "{\"type\":\"refresh_token\",\"refresh_token\":\"r\"}", 0);
    is_taken (
        SOURCE_GA4,
        ANSWERS ("{\"access_token\":\"a\",\"refresh_token\":\"r\",\"refresh_token_expires_in\":604799}"),
        "{\"type\":\"refresh_token\",\"refresh_token\":\"r\"}", 604799);
    is_refused (SOURCE_GA4, ANSWERS ("{\"access_token\":\"a\"," SCOPE "}"), "no lasting sign-in");
    is_refused (SOURCE_GA4, ANSWERS ("{\"access_token\":\"a\",\"refresh_token\":\"r\",\"scope\":\"openid\"}"),
                "tick the box");
    is_refused (SOURCE_GA4, ANSWERS ("!{\"error\":\"invalid_grant\"}"), "used already");
    is_refused (SOURCE_GA4, ANSWERS ("!{\"error\":\"redirect_uri_mismatch\"}"), "PUBLIC_URL");
    is_refused (SOURCE_GA4,
                ANSWERS ("!{\"error\":\"odd\",\"error_description\":\"code-S3CR3T with client-S3CR3T\"}"),
                "[hidden]");
}

#define SHORT "{\"access_token\":\"short\",\"token_type\":\"bearer\",\"expires_in\":5000}"
#define LONG  "{\"access_token\":\"long\",\"token_type\":\"bearer\",\"expires_in\":5183944}"
#define KEPT  "{\"access_token\":\"long\",\"type\":\"access_token\"}"

static void
test_meta (void **state)
{
    is_taken (SOURCE_META, ANSWERS (SHORT, LONG, "{\"data\":{\"is_valid\":true,\"scopes\":[\"ads_read\"]}}"),
              KEPT, 5183944);
    is_taken (
        SOURCE_META,
        ANSWERS (SHORT, "{\"access_token\":\"long\"}",
                 "{\"data\":{\"is_valid\":true,\"expires_at\":1767225700,\"scopes\":[\"ads_management\"]}}"),
        KEPT, 100);
    is_taken (SOURCE_META, ANSWERS (SHORT, "{\"access_token\":\"long\"}", "!{}"), KEPT, 0);
    is_refused (SOURCE_META,
                ANSWERS (SHORT, LONG, "{\"data\":{\"is_valid\":true,\"scopes\":[\"public_profile\"]}}"),
                "ads_read");
    is_refused (
        SOURCE_INSTAGRAM,
        ANSWERS (SHORT, LONG,
                 "{\"data\":{\"is_valid\":true,\"scopes\":[\"instagram_basic\",\"pages_show_list\"]}}"),
        "instagram_manage_insights");
    is_refused (SOURCE_META, ANSWERS ("{}"), "no access token");
    is_refused (SOURCE_META, ANSWERS (SHORT, "{\"access_token\":\"a b\"}"), "not an access token");
    is_refused (SOURCE_META,
                ANSWERS ("!{\"error\":{\"message\":\"This authorization code has been used. app-S3CR3T\","
                         "\"code\":100}}"),
                "has been used");
}

int
main (void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test (test_addresses),
        cmocka_unit_test (test_no_app),
        cmocka_unit_test (test_google),
        cmocka_unit_test (test_meta),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
