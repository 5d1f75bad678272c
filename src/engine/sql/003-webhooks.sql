-- Who is told what the ledger decides. The outbox itself stays as it is: its rows are written with every decision.

create table webhook (
  id text primary key,
  program smallint not null references program (number),
  url text not null check (octet_length(url) <= 2048),
  -- Messages are signed with it, so it cannot be kept as a hash.
  secret text not null,
  -- Null for all topics.
  topics text[] check (cardinality(topics) > 0),
  -- The last message that was written before the endpoint was there: it hears of those that follow.
  after_message bigint not null,
  created_ms bigint not null,
  disabled_ms bigint,
  -- Attempts that failed since the last one that did not.
  failures integer not null default 0 check (failures >= 0)
);
create index webhook_by_program on webhook (program, id);

-- A message for an endpoint. Times are those of the machine, not of a program's test clock.
create table delivery (
  webhook text not null references webhook (id) on delete cascade,
  message bigint not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
  attempts smallint not null default 0,
  -- The HTTP status of the last answer, or why there was none.
  response smallint,
  error text,
  attempted_ms bigint,
  primary key (webhook, message)
) with (fillfactor = 85);

-- Up to which message the outbox was fanned out; a single row.
create table fan_out (
  alone boolean primary key default true check (alone),
  message bigint not null
);
insert into fan_out (message) values (0);

-- How far the fan-out was at some moments, so that messages can be pruned by age without a column or an index of it.
create table fan_out_past (
  at_ms bigint primary key,
  message bigint not null
);
