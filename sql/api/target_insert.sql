-- A new target. Two for the same widget and period are refused by their key.
INSERT INTO targets (user_id, id, widget, period, start_date, end_date, value_micros, currency, created_at, updated_at)
VALUES (:user, :id, :widget, :period, :start, :end, :value, :currency, :now, :now)
