-- Links that show a dashboard to whoever has one.
CREATE TABLE shares (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    token_hash text NOT NULL UNIQUE,      -- BLAKE2b-256, hex
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    uses bigint NOT NULL,                 -- how often it was opened
    period text NOT NULL,                 -- last_28_days …; '' for the days that follow
    start_date date,
    end_date date,
    compare text NOT NULL,
    sources bigint NOT NULL,              -- a set of bits, see model/source.h
    insights integer NOT NULL,            -- 1: with insights
    board jsonb NOT NULL,                 -- its widgets, and the formulas of one's own, as they were then
    PRIMARY KEY (user_id, id)
);
