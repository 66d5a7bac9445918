/* handlers.h -- the handlers that the route table names; one file a subject. */
#pragma once
#include "api/call.h"
#include "model/source.h"

/* account.c */
gboolean account_setup_state (Call *call, GError **error);
gboolean account_setup (Call *call, GError **error);
gboolean account_login (Call *call, GError **error);
gboolean account_logout (Call *call, GError **error);
gboolean account_me (Call *call, GError **error);
gboolean account_tokens (Call *call, GError **error);
gboolean account_token_create (Call *call, GError **error);
gboolean account_token_revoke (Call *call, GError **error);
gboolean account_password (Call *call, GError **error);
gboolean account_sessions (Call *call, GError **error);
gboolean account_sessions_end (Call *call, GError **error);

/* people.c */
gboolean people_list (Call *call, GError **error);
gboolean people_add (Call *call, GError **error);
gboolean people_change (Call *call, GError **error);
gboolean people_reset (Call *call, GError **error);
gboolean people_remove (Call *call, GError **error);

/* settings.c */
gboolean settings_get (Call *call, GError **error);
gboolean settings_put (Call *call, GError **error);

/* demo.c */
gboolean demo_create (Call *call, GError **error);
gboolean demo_remove (Call *call, GError **error);

/* dashboard.c */
gboolean dashboard_meta (Call *call, GError **error);
gboolean dashboard_layout (Call *call, GError **error);
gboolean dashboard_layout_save (Call *call, GError **error);

/* layout_file.c */
gboolean layout_export (Call *call, GError **error);
gboolean layout_import (Call *call, GError **error);

/* board.c */
gboolean dashboard_data (Call *call, GError **error);

/* share.c */
gboolean share_list (Call *call, GError **error);
gboolean share_create (Call *call, GError **error);
gboolean share_revoke (Call *call, GError **error);

/* shared.c */
gboolean shared_about (Call *call, GError **error);
gboolean shared_data (Call *call, GError **error);
gboolean shared_insights (Call *call, GError **error);

/* widget.c */
gboolean widget_list (Call *call, GError **error);
gboolean widget_get (Call *call, GError **error);
gboolean widget_get_quick (Call *call);
/* widget_get of all of them, in one round trip; replies to each. */
void widget_get_all (Call *calls, guint n);

/* export.c */
gboolean widget_export (Call *call, GError **error);

/* custom.c */
gboolean custom_metrics (Call *call, GError **error);
gboolean custom_put (Call *call, GError **error);
gboolean custom_delete (Call *call, GError **error);
gboolean custom_preview (Call *call, GError **error);

/* target.c */
gboolean target_list (Call *call, GError **error);
gboolean target_create (Call *call, GError **error);
gboolean target_get (Call *call, GError **error);
gboolean target_change (Call *call, GError **error);
gboolean target_delete (Call *call, GError **error);

/* report.c */
gboolean report_list (Call *call, GError **error);
gboolean report_create (Call *call, GError **error);
gboolean report_get (Call *call, GError **error);
gboolean report_change (Call *call, GError **error);
gboolean report_delete (Call *call, GError **error);
gboolean report_mails (Call *call, GError **error);
gboolean report_preview (Call *call, GError **error);
gboolean report_send (Call *call, GError **error);

/* alert.c */
gboolean alert_list (Call *call, GError **error);
gboolean alert_create (Call *call, GError **error);
gboolean alert_get (Call *call, GError **error);
gboolean alert_change (Call *call, GError **error);
gboolean alert_delete (Call *call, GError **error);
gboolean alert_mails (Call *call, GError **error);

/* annotation.c */
gboolean annotation_list (Call *call, GError **error);
gboolean annotation_create (Call *call, GError **error);
gboolean annotation_get (Call *call, GError **error);
gboolean annotation_change (Call *call, GError **error);
gboolean annotation_delete (Call *call, GError **error);

/* insights.c */
gboolean insights_get (Call *call, GError **error);

/* mcp.c */
gboolean mcp_post (Call *call, GError **error);

/* explain.c */
gboolean widget_explain (Call *call, GError **error);

/* connection.c */
gboolean connection_list (Call *call, GError **error);
gboolean connection_create (Call *call, GError **error);
gboolean connection_get (Call *call, GError **error);
gboolean connection_change (Call *call, GError **error);
gboolean connection_delete (Call *call, GError **error);
gboolean connection_test (Call *call, GError **error);

/* reconcile.c */
gboolean connection_reconcile (Call *call, GError **error);

/* connect.c, connect_choose.c */
gboolean connect_apps (Call *call, GError **error);
gboolean connect_park (Call *call, GError **error);
gboolean connect_start (Call *call, GError **error);
gboolean connect_callback (Call *call, GError **error);
gboolean connect_accounts (Call *call, GError **error);
gboolean connect_choose (Call *call, GError **error);

/* events.c */
gboolean sync_job (Call *call, GError **error);
gboolean sync_job_quick (Call *call);
gboolean sync_job_events (Call *call, GError **error);
gboolean sync_job_cancel (Call *call, GError **error);
gboolean sync_jobs (Call *call, GError **error);
/* A job was changed here: what is kept of jobs is old. */
void sync_job_moved (Api *api);

/* sync.c */
gboolean sync_run (Call *call, GError **error);
gboolean sync_meta (Call *call, GError **error);
gboolean sync_daily (Call *call, GError **error);
/* When the source ("all": any) was last synced for this user; INSTANT_NONE: never. */
/* A run of the user's own accounts of that source, if none is active: what was mended is read at once. */
gboolean sync_begin (Call *call, Source source, GError **error);
/* {"job_id", "status"} with its Location; state may be NULL. */
gboolean sync_reply_job (Call *call, int status, const char *id, const char *state);
gboolean sync_last (Call *call, const char *source, gint64 *last, GError **error);
gboolean sync_cron_allowed (Call *call, GError **error);
/* A job was written: this instance's engine, and the others, look at once. */
void sync_wake_engine (Call *call);

/* operate.c */
gboolean operate_health (Call *call);
gboolean operate_version (Call *call);
gboolean operate_ready (Call *call, GError **error);
/* How long ago the scheduler of this process last looked, microseconds; 0 if it has none. */
gint64 operate_tick_age (const Call *call);
/* metrics.c */
gboolean operate_metrics (Call *call, GError **error);
/* metrics_sync.c: FALSE if the database cannot be asked; out is then as it was. */
gboolean metrics_sync (GString *out, Call *call, GError **error);

/* metrics_mail.c: nothing without a mail server; FALSE if the database cannot be asked */
gboolean metrics_mail (GString *out, Call *call, GError **error);

/* unsubscribe.c */
gboolean unsubscribe_ask (Call *call, GError **error);
gboolean unsubscribe_do (Call *call, GError **error);

/* page.c, docs.c */
void page_load (Api *api);
void page_unload (Api *api);
gboolean page_get (Call *call);
gboolean page_with_cookie (Call *call);
gboolean page_shared (Call *call);
/* Any other GET outside /v1: a file of the page, or not found. */
gboolean page_find (Call *call);
/* The path of its style sheet; "" if there is none. */
const char *page_stylesheet (const Api *api);
gboolean page_demo (Call *call, GError **error);
void docs_load (Api *api);
gboolean docs_openapi (Call *call);
gboolean docs_page (Call *call);
