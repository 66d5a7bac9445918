-- The newest date whose daily run was started.
SELECT max(run_date) AS run_date FROM sync_ledger
