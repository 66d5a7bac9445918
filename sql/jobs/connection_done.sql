-- A sync of the connection succeeded.
UPDATE connections SET status = 'connected', last_success_at = :now, last_error = NULL
WHERE id = :id AND status IN ('connected', 'error') AND lease_token = :lease_token
