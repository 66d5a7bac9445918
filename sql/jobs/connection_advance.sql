-- The connection's data is complete through this day (it never goes back). 0 rows: it is no
-- longer there, or no longer this job's.
UPDATE connections
SET complete_through = CASE WHEN complete_through IS NULL OR complete_through < :to THEN :to ELSE complete_through END
WHERE id = :id AND lease_token = :lease_token
