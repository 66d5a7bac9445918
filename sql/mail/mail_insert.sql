-- A mail that is to be sent, unless it was written before.
INSERT INTO mails (user_id, origin, occurrence, recipient, id, date, event, status, not_before, created_at)
VALUES (:user, :origin, :occurrence, :recipient, :id, :date, :event, 'waiting', :now, :now)
ON CONFLICT DO NOTHING
