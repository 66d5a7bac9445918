-- Change a target.
UPDATE targets
SET widget = :widget, period = :period, start_date = :start, end_date = :end, value_micros = :value,
    currency = :currency, updated_at = :now
WHERE user_id = :user AND id = :id
