-- What the platform says of the account; what it doesn't say stays. When the credential ends
-- is of the credential that was used now: if that is not known, nothing is.
UPDATE connections
SET name = coalesce(:name, name), currency = coalesce(:currency, currency), time_zone = coalesce(:time_zone, time_zone),
       expires_at = :expires_at
WHERE id = :id AND lease_token = :lease_token
