-- Complete through a day that is still to come: a clock was ahead. Nobody knows since when.
UPDATE connections SET complete_through = NULL WHERE id = :id AND lease_token = :lease_token
