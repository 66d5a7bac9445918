-- Take the mail that has waited longest, or whose sender is silent, and start a lease on it. Those of one mailing come
-- together, because they are the same letter. A recipient may have left while it was written.
-- What is far in the future was written by a clock that was ahead: nobody waits for that.
UPDATE mails
SET status = 'sending', attempt = attempt + 1, lease_token = :token, lease_until = :until
WHERE status IN ('waiting', 'sending')
  AND id = (SELECT id FROM mails
            WHERE (status = 'waiting' AND (not_before <= :now OR not_before > :far))
               OR (status = 'sending' AND (lease_until < :now OR lease_until > :far))
            ORDER BY not_before, origin, occurrence, id LIMIT 1)
RETURNING user_id, origin, occurrence, recipient, id, date, event, attempt, created_at,
          (SELECT 1 FROM mail_leavers l
           WHERE l.user_id = mails.user_id AND l.origin = mails.origin AND l.recipient = lower(mails.recipient)) AS has_left
