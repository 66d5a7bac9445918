-- What another job may have changed of a connection since this one began.
SELECT credential, complete_through, last_success_at FROM connections WHERE id = :id
