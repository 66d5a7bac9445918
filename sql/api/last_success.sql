-- When a source was last synced for this user: from his own accounts; without any, from what
-- the last run of anybody has noted.
SELECT source, max(last_success_at) AS last_sync_at FROM connections WHERE user_id = :user GROUP BY source
UNION ALL
SELECT CASE key WHEN 'last_sync' THEN 'all' ELSE replace(key, '_last_success', '') END, updated_at
FROM app_settings
WHERE key IN ('last_sync', 'ga4_last_success', 'meta_last_success', 'instagram_last_success')
  AND NOT EXISTS (SELECT 1 FROM connections WHERE user_id = :user)
