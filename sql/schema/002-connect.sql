-- Connecting in the browser: between the click and the choice of accounts.

-- A browser that was sent to a platform's consent page and is not back yet. A row works once.
CREATE TABLE connect_states (
    state_hash text PRIMARY KEY NOT NULL, -- BLAKE2b-256, hex
    user_id uuid NOT NULL,
    source text NOT NULL,
    verifier text NOT NULL,               -- of PKCE, sealed
    expires_at timestamptz NOT NULL
);

-- What it brought back: a credential without accounts, or why there is none.
CREATE TABLE connect_grants (
    id uuid PRIMARY KEY NOT NULL,
    user_id uuid NOT NULL,
    source text NOT NULL,
    credential text,                      -- sealed
    credential_expires_at timestamptz,
    failure text,
    expires_at timestamptz NOT NULL       -- of this row
);
