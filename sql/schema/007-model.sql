-- What a language model has said, so that nobody pays for it twice, and what a day has cost.

CREATE TABLE model_answers (
    user_id uuid NOT NULL,
    hash text NOT NULL,                   -- of the endpoint, the model and all that it was asked
    content text NOT NULL,                -- JSON as it came; it is proven again each time it is read
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, hash)
);
CREATE INDEX model_answers_by_age ON model_answers (created_at);

CREATE TABLE model_days (
    date date PRIMARY KEY NOT NULL,       -- in UTC
    calls bigint NOT NULL,
    tokens bigint NOT NULL                -- reserved before a call, put right after it
);
