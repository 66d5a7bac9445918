-- Not now: it waits again. attempts: how many of them did not count.
UPDATE mails
SET status = 'waiting', attempt = attempt - :attempts, not_before = :not_before, error = :error, lease_token = NULL,
    lease_until = NULL
WHERE user_id = :user AND origin = :origin AND occurrence = :occurrence AND recipient = :recipient
  AND lease_token = :token
