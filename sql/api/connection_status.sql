-- Pause a connection or let it go on.
UPDATE connections SET status = :status WHERE user_id = :user AND id = :id
