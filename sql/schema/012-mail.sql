-- Reports that go out by mail, alerts, and what was sent and is to be sent for them.

CREATE TABLE reports (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    recipients jsonb NOT NULL,            -- addresses
    repeats text NOT NULL CHECK (repeats IN ('daily', 'weekly', 'monthly')),
    on_day integer NOT NULL,              -- of the week, 1 is Monday, or of the month; 0: each
    minutes integer NOT NULL,             -- after midnight in the zone
    zone text NOT NULL,
    days text NOT NULL CHECK (days IN ('day', '7days', '28days', 'month')),
    compare text NOT NULL,
    insights integer NOT NULL,
    next_at timestamptz,                  -- null: paused
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX reports_by_next ON reports (next_at);

CREATE TABLE alerts (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    recipients jsonb NOT NULL,            -- addresses
    kind text NOT NULL CHECK (kind IN ('target_missed', 'unusual_day')),
    tells text NOT NULL,                  -- of a target: missed or projected; of days: the sensitivity
    widget text,                          -- null: any
    active integer NOT NULL,
    looked_at timestamptz,                -- up to which sync it has looked; null: never
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
);

-- One mail to one recipient. The key is the promise: what happened once is told once.
CREATE TABLE mails (
    user_id uuid NOT NULL,
    origin uuid NOT NULL,                 -- the report or the alert
    occurrence text NOT NULL,             -- a report's date, a test, an alert's event
    recipient text NOT NULL,
    id uuid NOT NULL,                     -- of its Message-ID, the same however often it is tried
    date date NOT NULL,                   -- the day it is about, or was due on
    event jsonb,                          -- what an alert tells; null: a report
    status text NOT NULL CHECK (status IN ('waiting', 'sending', 'sent', 'failed')),
    attempt integer NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL,
    lease_token uuid,
    lease_until timestamptz,
    error text,                           -- of the last attempt
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (user_id, origin, occurrence, recipient)
);
CREATE INDEX mails_open ON mails (not_before) WHERE status IN ('waiting', 'sending');
CREATE INDEX mails_by_age ON mails (created_at);
