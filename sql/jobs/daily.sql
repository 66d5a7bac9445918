-- Where the daily run stands: the date from which on this installation schedules, of how many
-- sources the date was started, and the last date before it that was.
SELECT (SELECT value FROM app_settings WHERE key = 'schedule_since') AS since,
       (SELECT count(*) FROM sync_ledger WHERE run_date = :date) AS started,
       (SELECT max(run_date) FROM sync_ledger WHERE run_date < :date) AS last
