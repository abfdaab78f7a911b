-- Beyond the capacity of a slot there is no seat.
SELECT count(*) AS confirmed,
       (SELECT coalesce(sum(least(taken, 64)), 0)::bigint FROM (SELECT count(*) AS taken FROM reservation GROUP BY agenda, slot) AS s) AS seats,
       count(DISTINCT (agenda, subject)) AS subjects
  FROM reservation WHERE confirmed;
SELECT count(*) FROM reservation WHERE NOT confirmed;
