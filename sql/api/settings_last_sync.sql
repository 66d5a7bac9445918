-- When anything of this user was last synced, in all and by source.
SELECT source, max(last_success_at) AS last_sync_at FROM connections WHERE user_id = :user GROUP BY source
