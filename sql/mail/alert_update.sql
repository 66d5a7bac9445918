-- Change an alert; it looks again at what is there.
UPDATE alerts
SET name = :name, recipients = :recipients, kind = :kind, tells = :tells, widget = :widget, active = :active,
    looked_at = NULL, updated_at = :now
WHERE user_id = :user AND id = :id
