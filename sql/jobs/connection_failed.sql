-- A sync of the connection failed; a paused one stays paused, and a credential that was given
-- meanwhile has not failed yet.
UPDATE connections SET status = :status, last_error = :message
WHERE id = :id AND status IN ('connected', 'error') AND credential = :credential AND lease_token = :lease_token
