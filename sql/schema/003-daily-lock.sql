-- A source has at most one daily run that is not over, whichever date it is of and whether it was
-- asked for alone or with all others. What ends a job frees its sources, by whatever statement.

UPDATE sync_ledger SET finished_at = coalesce ((SELECT j.finished_at FROM sync_jobs j WHERE j.id = sync_ledger.job_id), now())
WHERE finished_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM sync_jobs j WHERE j.id = sync_ledger.job_id AND j.status IN ('pending', 'running'));

-- Two dates of a source at work when this comes: the newer one keeps the place.
UPDATE sync_ledger SET finished_at = now()
WHERE finished_at IS NULL
  AND EXISTS (SELECT 1 FROM sync_ledger newer
              WHERE newer.source = sync_ledger.source AND newer.finished_at IS NULL AND newer.run_date > sync_ledger.run_date);

CREATE UNIQUE INDEX sync_ledger_one_active ON sync_ledger (source) WHERE finished_at IS NULL;
CREATE INDEX sync_ledger_by_job ON sync_ledger (job_id);

--sqlite CREATE TRIGGER sync_jobs_ended AFTER UPDATE OF status ON sync_jobs WHEN NEW.status IN ('success', 'failed')
--sqlite BEGIN
--sqlite     UPDATE sync_ledger SET finished_at = coalesce (NEW.finished_at, strftime ('%Y-%m-%dT%H:%M:%f000Z', 'now'))
--sqlite     WHERE job_id = NEW.id AND finished_at IS NULL;
--sqlite END;
--sqlite CREATE TRIGGER sync_jobs_deleted AFTER DELETE ON sync_jobs
--sqlite BEGIN
--sqlite     UPDATE sync_ledger SET finished_at = strftime ('%Y-%m-%dT%H:%M:%f000Z', 'now')
--sqlite     WHERE job_id = OLD.id AND finished_at IS NULL;
--sqlite END;

--pg CREATE FUNCTION free_daily_sources () RETURNS trigger LANGUAGE plpgsql AS $$
--pg BEGIN
--pg     UPDATE sync_ledger SET finished_at = coalesce (NEW.finished_at, now()) WHERE job_id = OLD.id AND finished_at IS NULL;
--pg     RETURN NULL;
--pg END $$;
--pg CREATE TRIGGER sync_jobs_ended AFTER UPDATE OF status ON sync_jobs
--pg FOR EACH ROW WHEN (NEW.status IN ('success', 'failed')) EXECUTE FUNCTION free_daily_sources ();
--pg CREATE TRIGGER sync_jobs_deleted AFTER DELETE ON sync_jobs FOR EACH ROW EXECUTE FUNCTION free_daily_sources ();
