-- A connection that works again.
UPDATE connections SET status = 'connected', last_error = NULL WHERE user_id = :user AND id = :id AND status IN ('error', 'reconnect')
