-- A sync of the connection failed; a paused one stays paused.
UPDATE connections SET status = :status, last_error = :message
WHERE id = :id AND status IN ('connected', 'error')
