-- What most booking sites do: lock the agenda's row, count what is taken in the slot, insert, commit.
CREATE TABLE agenda (id integer PRIMARY KEY, slots integer NOT NULL, capacity integer NOT NULL);
INSERT INTO agenda SELECT n, greatest(1, :seats / :agendas / 64), 64 FROM generate_series(1, :agendas) AS n;
CREATE TABLE reservation (
  id bigserial PRIMARY KEY,
  agenda integer NOT NULL REFERENCES agenda,
  slot integer NOT NULL,
  subject bigint NOT NULL,
  confirmed boolean NOT NULL DEFAULT false,
  deadline timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX reservation_slot ON reservation (agenda, slot);
CREATE UNIQUE INDEX reservation_subject ON reservation (agenda, subject);
VACUUM (ANALYZE) agenda, reservation;
CHECKPOINT;
