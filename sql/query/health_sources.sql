-- When an account of each source was last synced with success.
SELECT source, max(last_success_at) AS last_success_at FROM connections GROUP BY source ORDER BY source
