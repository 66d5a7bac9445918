-- Dates whose daily run never took place because nobody was there to start it. The next run
-- reads their days too; caught_up_by is its date, or null if that was over a week later.
CREATE TABLE sync_missed (
    run_date date PRIMARY KEY NOT NULL,
    caught_up_by date,
    noted_at timestamptz NOT NULL
);

-- When the worker that has the job now took it: the first one's moment is started_at.
ALTER TABLE sync_jobs ADD COLUMN claimed_at timestamptz;
