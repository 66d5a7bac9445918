-- Browsers that never came back.
DELETE FROM connect_states WHERE expires_at <= :now
