-- It was sent, or never will be; only by whoever still has it.
UPDATE mails
SET status = :status, error = :error, ended_at = :now, lease_token = NULL, lease_until = NULL
WHERE user_id = :user AND origin = :origin AND occurrence = :occurrence AND recipient = :recipient
  AND lease_token = :token
