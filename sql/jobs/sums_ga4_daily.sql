-- The stored numbers of a property's days, to see what a re-read changes.
SELECT date, users, new_users, users_7d, users_28d, sessions, engaged_sessions, page_views, conversions, revenue_micros
FROM ga4_daily
WHERE user_id = :user AND property_id = :external_id AND date BETWEEN :from AND :to
