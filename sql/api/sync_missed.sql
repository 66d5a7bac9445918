-- The last dates whose nightly run did not start on its date, newest first.
SELECT run_date, caught_up_by FROM sync_missed ORDER BY run_date DESC LIMIT 30
