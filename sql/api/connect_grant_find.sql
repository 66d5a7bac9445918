-- A credential that waits for its accounts to be chosen.
SELECT source, credential, credential_expires_at, failure
FROM connect_grants WHERE id = :id AND user_id = :user AND expires_at > :now
