-- A new credential; what was dead lives again.
UPDATE connections SET credential = :credential, expires_at = :expires_at,
       status = CASE WHEN status = 'paused' THEN status ELSE 'connected' END, last_error = NULL
WHERE user_id = :user AND id = :id
