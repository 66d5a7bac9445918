-- The whole schema of the first version. PostgreSQL's type names; SQLite takes
-- them as they are (ids, dates and instants are text there). Money is integer
-- millionths of the account's currency. Lines marked --sqlite or --pg are for
-- that engine alone (see store/migrate.h).

-- ---- who ----------------------------------------------------------------

CREATE TABLE users (
    id uuid PRIMARY KEY NOT NULL,
    email text NOT NULL UNIQUE,           -- lower case
    password_hash text,                   -- argon2id; null: cannot sign in by password
    role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    created_at timestamptz NOT NULL
);

CREATE TABLE api_tokens (
    id uuid PRIMARY KEY NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    token_hash text NOT NULL UNIQUE,      -- BLAKE2b-256, hex
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id);

CREATE TABLE sessions (
    token_hash text PRIMARY KEY NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE user_dashboard_layouts (
    user_id uuid PRIMARY KEY NOT NULL,
    layout jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);

-- ---- where the numbers come from -----------------------------------------

CREATE TABLE connections (
    id uuid PRIMARY KEY NOT NULL,
    user_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('ga4', 'meta', 'instagram')),
    external_id text NOT NULL,
    name text,
    currency text,
    time_zone text,
    status text NOT NULL DEFAULT 'connected' CHECK (status IN ('connected', 'reconnect', 'error', 'paused')),
    credential text NOT NULL,             -- sealed, see auth/seal.h
    expires_at timestamptz,
    last_success_at timestamptz,
    last_error text,
    complete_through date,
    created_at timestamptz NOT NULL,
    lease_token text,                     -- of the job that syncs it now: one at a time
    lease_until timestamptz,
    UNIQUE (user_id, source, external_id)
);

-- What a source said about its own numbers: sampled, thresholded, other_row, …
CREATE TABLE source_notices (
    user_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    code text NOT NULL,
    first_date date NOT NULL,
    last_date date NOT NULL,
    text text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, source, external_id, code, first_date)
);

-- ---- facts: every key starts with user_id ---------------------------------

CREATE TABLE ga4_daily (
    user_id uuid NOT NULL,
    property_id text NOT NULL,
    date date NOT NULL,
    users bigint NOT NULL,                -- activeUsers: never to be summed silently
    new_users bigint NOT NULL,
    users_7d bigint NOT NULL,             -- unique in the 7 days that end here
    users_28d bigint NOT NULL,
    sessions bigint NOT NULL,
    engaged_sessions bigint NOT NULL,
    page_views bigint NOT NULL,
    conversions bigint NOT NULL,          -- keyEvents
    revenue_micros bigint NOT NULL,
    PRIMARY KEY (user_id, property_id, date)
)
--sqlite WITHOUT ROWID
;

CREATE TABLE ga4_channel_daily (
    user_id uuid NOT NULL,
    property_id text NOT NULL,
    date date NOT NULL,
    channel text NOT NULL,
    users bigint NOT NULL,
    sessions bigint NOT NULL,
    engaged_sessions bigint NOT NULL,
    conversions bigint NOT NULL,
    revenue_micros bigint NOT NULL,
    PRIMARY KEY (user_id, property_id, date, channel)
)
--sqlite WITHOUT ROWID
;

CREATE TABLE ga4_landing_daily (
    user_id uuid NOT NULL,
    property_id text NOT NULL,
    date date NOT NULL,
    landing_page text NOT NULL,
    sessions bigint NOT NULL,
    conversions bigint NOT NULL,
    revenue_micros bigint NOT NULL,
    PRIMARY KEY (user_id, property_id, date, landing_page)
)
--sqlite WITHOUT ROWID
;

CREATE TABLE ga4_period_users (
    user_id uuid NOT NULL,
    property_id text NOT NULL,
    start_date date NOT NULL,
    end_date date NOT NULL,
    users bigint NOT NULL,                -- unique visitors of exactly this period
    PRIMARY KEY (user_id, property_id, start_date, end_date)
)
--sqlite WITHOUT ROWID
;

CREATE TABLE meta_daily (
    user_id uuid NOT NULL,
    account_id text NOT NULL,
    date date NOT NULL,
    campaign_id text NOT NULL,
    campaign text NOT NULL,
    spend_micros bigint NOT NULL,
    impressions bigint NOT NULL,
    reach bigint NOT NULL,                -- never summed over days or campaigns
    clicks bigint NOT NULL,
    link_clicks bigint NOT NULL,
    conversions bigint NOT NULL,          -- purchases, by one action type
    revenue_micros bigint NOT NULL,
    currency text NOT NULL,
    PRIMARY KEY (user_id, account_id, date, campaign_id)
)
--sqlite WITHOUT ROWID
;

-- A number that Instagram did not give is null, not zero.
CREATE TABLE ig_daily (
    user_id uuid NOT NULL,
    account_id text NOT NULL,
    date date NOT NULL,
    reach bigint,
    views bigint,
    accounts_engaged bigint,
    total_interactions bigint,
    likes bigint,
    comments bigint,
    saves bigint,
    shares bigint,
    followers bigint,
    profile_views bigint,
    PRIMARY KEY (user_id, account_id, date)
)
--sqlite WITHOUT ROWID
;

CREATE TABLE ig_media (
    user_id uuid NOT NULL,
    account_id text NOT NULL,
    media_id text NOT NULL,
    posted_at timestamptz NOT NULL,
    media_type text NOT NULL,
    product_type text,
    caption text,
    permalink text,
    reach bigint,
    views bigint,
    likes bigint,
    comments bigint,
    saves bigint,
    shares bigint,
    total_interactions bigint,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, account_id, media_id)
)
--sqlite WITHOUT ROWID
;

CREATE INDEX ig_media_by_time ON ig_media (user_id, account_id, posted_at);

-- What a re-read changed after the day was first stored.
CREATE TABLE restatements (
    user_id uuid NOT NULL,
    source text NOT NULL,
    external_id text NOT NULL,
    date date NOT NULL,
    metric text NOT NULL,
    old bigint,
    new bigint,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, source, external_id, date, metric, seen_at)
)
--sqlite WITHOUT ROWID
;

-- ---- the work ---------------------------------------------------------------

CREATE TABLE app_settings (
    key text PRIMARY KEY NOT NULL,
    value text,
    updated_at timestamptz NOT NULL
);

CREATE TABLE sync_jobs (
    id uuid PRIMARY KEY NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    source text NOT NULL CHECK (source IN ('all', 'ga4', 'meta', 'instagram')),
    scope text NOT NULL,                  -- 'all' or a user's id
    trigger text NOT NULL CHECK (trigger IN ('manual', 'daily', 'cron', 'cli')),
    requested_by text,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'success', 'failed')),
    message text,
    last_sync_at timestamptz,
    lock_key text,
    run_key text UNIQUE,                  -- once for ever; null for manual runs
    attempt bigint NOT NULL DEFAULT 0,
    lease_token text,                     -- fencing: every write by a worker carries it
    lease_until timestamptz,              -- by the database's clock
    owner text,
    days bigint,                          -- look-back asked for; null: as configured
    not_before timestamptz,               -- a retry waits until then
    cancelled_at timestamptz,
    progress_done bigint NOT NULL DEFAULT 0,
    progress_total bigint NOT NULL DEFAULT 0,
    rows_written bigint NOT NULL DEFAULT 0
);
-- Unique only while the job is active: a finished or dead one never blocks.
CREATE UNIQUE INDEX sync_jobs_one_active ON sync_jobs (lock_key) WHERE status IN ('pending', 'running');
CREATE INDEX sync_jobs_by_status ON sync_jobs (status, created_at);
CREATE INDEX sync_jobs_by_scope ON sync_jobs (scope, created_at);

CREATE VIEW ga4_sync_jobs AS SELECT * FROM sync_jobs WHERE source = 'ga4';

CREATE TABLE sync_steps (
    job_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    user_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'running', 'success', 'failed')),
    rows bigint NOT NULL DEFAULT 0,
    message text,
    started_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (job_id, connection_id)
);

-- One row a source and date, for ever: the daily run of that date was started.
CREATE TABLE sync_ledger (
    source text NOT NULL,
    run_date date NOT NULL,
    job_id uuid NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (source, run_date)
);
