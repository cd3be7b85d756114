-- What people keep of how they look at a list: a name and the filters. A filter may name a party, so both
-- stand in sealed_value.
CREATE TABLE saved_view (
  id        INTEGER PRIMARY KEY,
  -- The audit name of the operator whose view it is.
  actor     TEXT NOT NULL,
  screen    TEXT NOT NULL,
  -- Canonical JSON {name, query}.
  sealed_id INTEGER NOT NULL,
  record    INTEGER NOT NULL
) STRICT;
CREATE INDEX saved_view_by_actor ON saved_view (actor, screen);
