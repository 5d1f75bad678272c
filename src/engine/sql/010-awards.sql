-- What is decided among all members: places of leaderboards, draws. One row for each, which also says how.

create table award (
  -- Names it in `forwarded`, by which winners are told.
  source bigint not null unique,
  decided_ms bigint not null,
  -- The first local day of the period; 0 for a draw.
  period integer not null,
  program smallint not null references program (number),
  name text not null,
  decided_by text not null,
  reason text,
  result text not null,
  primary key (program, name, period)
);

-- Who took part in a draw and with how many entries, under a name that says nothing without the draw's salt.
create table draw_entry (
  account bigint not null,
  count bigint not null check (count > 0),
  stripe smallint not null,
  program smallint not null,
  name text not null,
  entry text not null check (length(entry) = 64),
  primary key (stripe, program, name, entry)
);
