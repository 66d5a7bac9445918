-- The sources of which this job has read every account.
SELECT c.source AS source
FROM sync_steps s
JOIN connections c ON c.id = s.connection_id
WHERE s.job_id = :job
GROUP BY c.source
HAVING COUNT(*) = SUM(CASE s.status WHEN 'success' THEN 1 ELSE 0 END)
ORDER BY c.source
