-- Let an account be used, or not.
UPDATE users SET active = :active WHERE id = :id
