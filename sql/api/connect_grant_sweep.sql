-- Credentials for which nobody chose an account.
DELETE FROM connect_grants WHERE expires_at <= :now
