-- The connection's data is complete through this day (it never goes back).
UPDATE connections
SET complete_through = CASE WHEN complete_through IS NULL OR complete_through < :to THEN :to ELSE complete_through END
WHERE id = :id
