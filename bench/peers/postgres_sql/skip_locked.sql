-- Seats as rows, given out in one statement: the fastest way we know on PostgreSQL.
-- A free seat is a row without a subject. That a confirm touches no indexed column keeps it a HOT update, for which the pages have room.
CREATE TABLE seat (
  id bigint PRIMARY KEY,
  agenda integer NOT NULL,
  starts_at integer NOT NULL,
  subject bigint,
  confirmed boolean NOT NULL DEFAULT false,
  deadline timestamptz
) WITH (fillfactor = 50);
INSERT INTO seat (id, agenda, starts_at) SELECT n, 1 + n % :agendas, n / :agendas FROM generate_series(0, :seats - 1) AS n;
CREATE INDEX seat_free ON seat (agenda, starts_at, id) WHERE subject IS NULL;
-- A subject has one live reservation in an agenda.
CREATE UNIQUE INDEX seat_subject ON seat (agenda, subject) WHERE subject IS NOT NULL;
VACUUM (ANALYZE) seat;
CHECKPOINT;
