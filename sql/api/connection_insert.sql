-- A new connection.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, expires_at, created_at, demo)
VALUES (:id, :user, :source, :external_id, :name, :currency, :time_zone, 'connected', :credential, :expires_at, :now, :demo)
