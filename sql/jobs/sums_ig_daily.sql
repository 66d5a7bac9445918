-- The stored numbers of an Instagram account's days, to see what a re-read changes.
SELECT date, reach, views, accounts_engaged, total_interactions, likes, comments, saves, shares, followers, profile_views
FROM ig_daily
WHERE user_id = :user AND account_id = :external_id AND date BETWEEN :from AND :to
