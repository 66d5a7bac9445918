-- An account goes.
DELETE FROM users WHERE id = :id
