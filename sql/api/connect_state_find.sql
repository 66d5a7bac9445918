-- Whose browser is back?
SELECT user_id, source, verifier FROM connect_states WHERE state_hash = :hash AND expires_at > :now
