-- How the accounts of each source do: how many are in which state; the longest time since one was synced, and the
-- first end of an access, of those that are to be synced. Sample data are none of anybody's.
SELECT source, status, count(*) AS n,
       min(CASE WHEN status IN ('connected', 'error') THEN coalesce(last_success_at, created_at) END) AS stalest,
       min(CASE WHEN status IN ('connected', 'error') THEN expires_at END) AS soonest_end
FROM connections
WHERE demo = 0
GROUP BY source, status
ORDER BY source, status
