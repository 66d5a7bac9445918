-- A connection is synced by one job at a time: take it if nobody has it
-- (or until a moment that only a clock which was ahead could have written).
UPDATE connections SET lease_token = :lease_token, lease_until = :lease_until
WHERE id = :id AND status <> 'paused' AND (lease_token IS NULL OR lease_token = :lease_token OR lease_until < :now OR lease_until > :far)
