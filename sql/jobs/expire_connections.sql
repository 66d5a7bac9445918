-- The same for the connections that such a job was syncing.
UPDATE connections SET lease_token = NULL, lease_until = NULL WHERE lease_token IS NOT NULL
