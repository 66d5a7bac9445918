-- All accounts, and when each was last there.
SELECT u.id, u.email, u.role, u.created_at,
       (SELECT max(s.last_used_at) FROM sessions s WHERE s.user_id = u.id) AS seen_at,
       (SELECT count(*) FROM connections c WHERE c.user_id = u.id) AS connections,
       u.active
FROM users u ORDER BY u.email
