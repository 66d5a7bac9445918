-- Who has had himself taken off a report or an alert, by the link in its mails.

CREATE TABLE mail_leavers (
    user_id uuid NOT NULL,
    origin uuid NOT NULL,                 -- the report or the alert
    recipient text NOT NULL,              -- in small letters
    left_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, origin, recipient)
);

-- For /metrics: when did the last one go out?
CREATE INDEX mails_by_end ON mails (ended_at) WHERE status = 'sent';
