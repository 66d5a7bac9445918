-- Every connection that is not made up, of one source or all, to reconcile them one after the other.
SELECT id, user_id FROM connections WHERE demo = 0 AND (:source = 'all' OR source = :source) ORDER BY user_id, source, external_id
