-- Widgets that users have made of formulas.
CREATE TABLE user_widgets (
    user_id uuid NOT NULL,
    key text NOT NULL,                    -- custom.<name>
    definition jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);
