-- What the platform says of the account; what it doesn't say stays.
UPDATE connections
SET name = coalesce(:name, name), currency = coalesce(:currency, currency), time_zone = coalesce(:time_zone, time_zone)
WHERE id = :id
