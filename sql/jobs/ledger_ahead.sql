-- Dates to come whose daily run was started already, of every source: a clock was ahead, or the
-- zone was changed to one further west.
SELECT run_date FROM sync_ledger WHERE run_date > :date
GROUP BY run_date HAVING count(*) >= :sources
ORDER BY run_date
