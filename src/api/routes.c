/* routes.c -- every route and who may use it. The first that matches wins. */
#include "api/handlers.h"

#define WIDGET_QUERY "startDate! endDate! compare compareStart compareEnd sources"

const Route api_routes[] = {
    { "GET", "/healthz", POLICY_PUBLIC, NULL, operate_health, "Is the process alive", NULL },
    { "GET", "/readyz", POLICY_PUBLIC, operate_ready, NULL, "Can it serve", NULL },
    { "GET", "/version", POLICY_PUBLIC, NULL, operate_version, "What this is", NULL },
    { "GET", "/metrics", POLICY_OPERATOR, operate_metrics, NULL, "Numbers for Prometheus", NULL },
    { "GET", "/openapi.json", POLICY_PUBLIC, NULL, docs_openapi, "This description", NULL },
    { "GET", "/docs", POLICY_PUBLIC, NULL, docs_page, "This description for people", NULL },
    { "GET", "/", POLICY_PUBLIC, page_demo, page_get, "The web page", NULL },

    { "GET", "/v1/auth/setup", POLICY_PUBLIC, account_setup_state, NULL,
      "Is the first account still to be made", NULL },
    { "POST", "/v1/auth/setup", POLICY_PUBLIC, account_setup, NULL,
      "Make the first account with the one-time code", NULL },
    { "POST", "/v1/auth/login", POLICY_PUBLIC, account_login, NULL, "Sign in with e-mail and password",
      NULL },
    { "POST", "/v1/auth/logout", POLICY_USER, account_logout, NULL, "Sign out", NULL },
    { "GET", "/v1/auth/me", POLICY_USER, account_me, NULL, "Who is signed in", NULL },
    { "GET", "/v1/auth/tokens", POLICY_USER, account_tokens, NULL, "Your API tokens", NULL },
    { "POST", "/v1/auth/tokens", POLICY_USER, account_token_create, NULL,
      "Make an API token; it is shown once", NULL },
    { "DELETE", "/v1/auth/tokens/{id}", POLICY_USER, account_token_revoke, NULL, "Revoke an API token",
      NULL },

    { "GET", "/v1/dashboard/meta", POLICY_USER, dashboard_meta, NULL, "Freshness, sources and warnings",
      NULL },
    { "GET", "/v1/dashboard/layout", POLICY_USER, dashboard_layout, NULL, "The saved layout", NULL },
    { "POST", "/v1/dashboard/layout", POLICY_USER, dashboard_layout_save, NULL, "Save the layout", NULL },

    { "GET", "/v1/dashboard/data", POLICY_USER, dashboard_data, NULL,
      "The numbers of every widget of the layout", WIDGET_QUERY },

    { "GET", "/v1/widgets", POLICY_USER, widget_list, NULL, "The registry of widgets", NULL },
    { "GET", "/v1/widgets/{key}", POLICY_USER, widget_get, widget_get_quick, "The numbers of a widget",
      WIDGET_QUERY },

    { "GET", "/v1/widgets/{key}/export", POLICY_USER, widget_export, NULL, "The same numbers as a CSV file",
      WIDGET_QUERY " format part" },

    { "GET", "/v1/connections", POLICY_USER, connection_list, NULL, "Your connected accounts", NULL },
    { "POST", "/v1/connections", POLICY_USER, connection_create, NULL, "Connect an account", NULL },
    { "GET", "/v1/connections/{id}", POLICY_USER, connection_get, NULL, "One connected account", NULL },
    { "PATCH", "/v1/connections/{id}", POLICY_USER, connection_change, NULL,
      "Give a new credential, pause or resume", NULL },
    { "DELETE", "/v1/connections/{id}", POLICY_USER, connection_delete, NULL,
      "Disconnect and delete its data", NULL },
    { "POST", "/v1/connections/{id}/test", POLICY_USER, connection_test, NULL, "Try the connection now",
      NULL },

    { "GET", "/v1/connect/{source}/start", POLICY_USER, connect_start, NULL,
      "Go to the platform's consent page", NULL },
    { "GET", "/v1/connect/{source}/callback", POLICY_PUBLIC, connect_callback, NULL,
      "Come back from the consent page", "state code error" },
    { "GET", "/v1/connect/{id}/accounts", POLICY_USER, connect_accounts, NULL,
      "The accounts to choose from after the consent", NULL },
    { "POST", "/v1/connect/{id}/accounts", POLICY_USER, connect_choose, NULL, "Connect the chosen accounts",
      NULL },

    { "POST", "/v1/sync/all/run", POLICY_USER, sync_run, NULL, "Sync all your accounts now", NULL },
    { "POST", "/v1/sync/{source}/run", POLICY_USER, sync_run, NULL, "Sync one source now", NULL },
    { "GET", "/v1/sync/job/{id}", POLICY_USER, sync_job, NULL, "How a sync is going", NULL },
    { "GET", "/v1/sync/{source}/job/{id}", POLICY_USER, sync_job, NULL, "How a sync is going", NULL },
    { "GET", "/v1/sync/{source}/meta", POLICY_USER, sync_meta, NULL, "Last and next run of a source", NULL },
    { "GET", "/v1/sync/all/daily", POLICY_CRON, sync_daily, NULL,
      "Start the daily run of all sources, once a date", NULL },
    { "POST", "/v1/sync/all/daily", POLICY_CRON, sync_daily, NULL,
      "Start the daily run of all sources, once a date", NULL },
    { "GET", "/v1/sync/{source}/daily", POLICY_CRON, sync_daily, NULL,
      "Start the daily run of a source, once a date", NULL },
    { "POST", "/v1/sync/{source}/daily", POLICY_CRON, sync_daily, NULL,
      "Start the daily run of a source, once a date", NULL },
};

const guint api_n_routes = G_N_ELEMENTS (api_routes);
