-- How many administrators there are besides this account.
SELECT count(*) AS n FROM users WHERE role = 'admin' AND id <> :id
