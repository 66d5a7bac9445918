-- The same; two instances that claim at once take two different mails.
UPDATE mails
SET status = 'sending', attempt = attempt + 1, lease_token = :token, lease_until = :until
WHERE status IN ('waiting', 'sending')
  AND id = (SELECT id FROM mails
            WHERE (status = 'waiting' AND (not_before <= :now OR not_before > :far))
               OR (status = 'sending' AND (lease_until < :now OR lease_until > :far))
            ORDER BY not_before, origin, occurrence, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING user_id, origin, occurrence, recipient, id, date, event, attempt, created_at,
          (SELECT 1 FROM mail_leavers l
           WHERE l.user_id = mails.user_id AND l.origin = mails.origin AND l.recipient = lower(mails.recipient)) AS has_left
