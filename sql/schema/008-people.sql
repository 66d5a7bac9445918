-- What a user has set for himself, and which of his accounts are made up.

CREATE TABLE user_settings (
    user_id uuid PRIMARY KEY NOT NULL,
    settings jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);

-- 1: read from the simulators, to look around (POST /v1/demo).
ALTER TABLE connections ADD COLUMN demo integer NOT NULL DEFAULT 0;
