-- Has the connection been deleted or paused meanwhile?
SELECT status FROM connections WHERE id = :id AND lease_token = :lease_token
