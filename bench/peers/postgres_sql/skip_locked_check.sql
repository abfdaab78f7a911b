SELECT count(*) AS confirmed, count(DISTINCT id) AS seats, count(DISTINCT (agenda, subject)) AS subjects FROM seat WHERE confirmed;
SELECT count(*) FROM seat WHERE subject IS NOT NULL AND NOT confirmed;
