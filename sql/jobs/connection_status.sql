-- Has the connection been deleted (no row) or paused meanwhile?
SELECT status FROM connections WHERE id = :id
