-- The connection's data is complete through this day. It never goes back, unless it is a day that has
-- not been. 0 rows: it is no longer there, or no longer this job's.
UPDATE connections
SET complete_through = CASE WHEN complete_through BETWEEN :to AND :newest THEN complete_through ELSE :to END
WHERE id = :id AND lease_token = :lease_token
