-- Others may have it now.
UPDATE connections SET lease_token = NULL, lease_until = NULL WHERE id = :id AND lease_token = :lease_token
