-- What an earlier attempt of the job has done already.
SELECT connection_id, status FROM sync_steps WHERE job_id = :job
