-- A recipient leaves; once is enough.
INSERT INTO mail_leavers (user_id, origin, recipient, left_at)
VALUES (:user, :origin, :recipient, :now)
ON CONFLICT DO NOTHING
