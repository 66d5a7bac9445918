-- What a browser brought back.
INSERT INTO connect_grants (id, user_id, source, credential, credential_expires_at, failure, expires_at)
VALUES (:id, :user, :source, :credential, :credential_expires_at, :failure, :expires_at)
