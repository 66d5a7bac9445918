-- Keep a new report.
INSERT INTO reports (user_id, id, name, recipients, repeats, on_day, minutes, zone, days, compare, insights, next_at,
                     created_at, updated_at)
VALUES (:user, :id, :name, :recipients, :repeats, :day, :minutes, :zone, :days, :compare, :insights, :next, :now, :now)
