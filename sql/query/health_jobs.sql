-- How many jobs there are in each state.
SELECT status, count(*) AS n FROM sync_jobs GROUP BY status ORDER BY status
