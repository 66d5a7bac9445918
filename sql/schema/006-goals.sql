-- What a user says about his own numbers: what they should reach, and what happened.

CREATE TABLE targets (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    widget text NOT NULL,
    period text NOT NULL CHECK (period IN ('week', 'month', 'quarter', 'range')),
    start_date date NOT NULL,             -- of a range; one that comes again is for all time
    end_date date NOT NULL,
    value_micros bigint NOT NULL,         -- millionths of the widget's unit
    currency text,                        -- of money
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, widget, period, start_date, end_date)
);

CREATE TABLE annotations (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    date date NOT NULL,
    end_date date NOT NULL,               -- the same day, if it is about one
    text text NOT NULL,
    widget text,                          -- null: every widget …
    source text,                          -- … that needs this source, or just every one
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX annotations_by_date ON annotations (user_id, date);
