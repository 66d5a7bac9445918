-- The connections of a running job stay its own with it.
UPDATE connections SET lease_until = :lease_until WHERE lease_token = :lease_token
