-- Of how many sources the daily run of this date was started.
SELECT count(*) AS n FROM sync_ledger WHERE run_date = :date
