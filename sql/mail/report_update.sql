-- Change a report.
UPDATE reports
SET name = :name, recipients = :recipients, repeats = :repeats, on_day = :day, minutes = :minutes, zone = :zone,
    days = :days, compare = :compare, insights = :insights, next_at = :next, updated_at = :now
WHERE user_id = :user AND id = :id
