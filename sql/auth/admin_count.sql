-- How many administrators can act besides this account.
SELECT count(*) AS n FROM users WHERE role = 'admin' AND active = 1 AND id <> :id
