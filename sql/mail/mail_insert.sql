-- A mail that is to be sent, unless it was written before, or its recipient has left.
INSERT INTO mails (user_id, origin, occurrence, recipient, id, date, event, status, not_before, created_at)
SELECT :user, :origin, :occurrence, :recipient, :id, :date, :event, 'waiting', :now, :now
WHERE NOT EXISTS (SELECT 1 FROM mail_leavers l
                  WHERE l.user_id = :user AND l.origin = :origin AND l.recipient = lower(:recipient))
ON CONFLICT DO NOTHING
