-- What instances tell each other where a pooler stands in the way of LISTEN. Rows live for minutes.
CREATE TABLE news (
    told_at timestamptz NOT NULL,
    id uuid NOT NULL,
    message text NOT NULL,
    PRIMARY KEY (told_at, id)
);
