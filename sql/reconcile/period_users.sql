-- The unique visitors of exactly these days, if GA4 was asked for them as a period.
SELECT users FROM ga4_period_users
WHERE user_id = :user AND property_id = :external_id AND start_date = :from AND end_date = :to
