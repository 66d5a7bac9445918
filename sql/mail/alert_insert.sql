-- Keep a new alert.
INSERT INTO alerts (user_id, id, name, recipients, kind, tells, widget, active, created_at, updated_at)
VALUES (:user, :id, :name, :recipients, :kind, :tells, :widget, :active, :now, :now)
