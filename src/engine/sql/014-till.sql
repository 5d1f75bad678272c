-- Tills: devices and who works at them, what they have sent, and what is open between them and the ledger.

create table till_device (
  created_ms bigint not null,
  -- The pairing code is good once and not for long; whoever is paired has a token instead.
  pairing_until_ms bigint,
  paired_ms bigint,
  revoked_ms bigint,
  seen_ms bigint,
  -- The highest number of what it has sent: a till that has sent more speaks to a server that was restored.
  last_seq integer not null default 0,
  limit_points bigint not null check (limit_points >= 0),
  limit_times integer not null check (limit_times >= 0),
  limit_member_points bigint not null check (limit_member_points >= 0),
  limit_member_times integer not null check (limit_member_times >= 0),
  limit_hours integer not null check (limit_hours > 0),
  program smallint not null references program (number),
  id text primary key,
  name text not null,
  shop text,
  -- Receipts of this till begin with it.
  prefix text not null,
  pairing_hash bytea unique,
  token_hash bytea unique,
  unique (program, prefix),
  check ((pairing_hash is null) = (pairing_until_ms is null))
);

-- The numbers that cashiers type: kept as scrypt, each with its own salt.
create table till_pin (
  locked_until_ms bigint not null default 0,
  wrong smallint not null default 0,
  program smallint not null references program (number),
  staff text not null,
  hash text not null,
  primary key (program, staff)
);

create table till_shift (
  begun_ms bigint not null,
  ends_ms bigint not null,
  ended_ms bigint,
  program smallint not null references program (number),
  -- Nobody answered when it began: the till says who began it.
  offline boolean not null,
  id text primary key,
  device text not null references till_device (id),
  staff text not null,
  check (ends_ms > begun_ms)
);

-- What a till may hand out while nobody answers it, as it was signed.
create table till_allowance (
  from_ms bigint not null,
  until_ms bigint not null,
  points bigint not null,
  times integer not null,
  member_points bigint not null,
  member_times integer not null,
  program smallint not null references program (number),
  id text primary key,
  device text not null references till_device (id),
  check (until_ms > from_ms)
);
create index till_allowance_of_device on till_allowance (device, until_ms);

-- Sales, enrolments, returns and what was undone, each once, under the id that the till gave it.
create table till_deed (
  account bigint,
  -- When it was done, by the till's clock put right; it stays as it was reckoned first.
  occurred_ms bigint not null,
  received_ms bigint not null,
  seq integer not null,
  stripe smallint not null,
  program smallint not null,
  type text not null check (type in ('shift', 'enrolment', 'sale', 'undo', 'return')),
  state text not null check (state in ('begun', 'done', 'open', 'undone')),
  id text not null,
  device text not null,
  staff text,
  hash bytea not null,
  -- Kept only while something of it is open: a phone number may stand in it.
  body text,
  answer text,
  primary key (stripe, program, id),
  check (state not in ('begun', 'open') or body is not null)
);

-- What was handed out under an allowance.
create table till_handed (
  points bigint not null check (points >= 0),
  place smallint not null,
  allowance text not null references till_allowance (id),
  deed text not null,
  member text not null,
  primary key (allowance, deed, place)
);

-- Things that a sale handed over: held until the sale can no longer be undone.
create table till_held (
  activity bigint not null,
  capture_after_ms bigint not null,
  place smallint not null,
  program smallint not null,
  deed text not null,
  primary key (program, deed, place)
);
create index till_held_until on till_held (capture_after_ms);

-- What a till did and the ledger did not take: it stands until a person settles it.
create table till_difference (
  id bigint generated always as identity primary key,
  account bigint,
  points bigint,
  amount bigint,
  opened_ms bigint not null,
  settled_ms bigint,
  place smallint not null,
  program smallint not null references program (number),
  kind text not null check (kind in ('no_member', 'not_redeemed', 'refused', 'undone_late')),
  device text not null,
  deed text not null,
  staff text,
  reward text,
  wallet text,
  -- What the ledger said.
  code text not null,
  reason text not null,
  how text check (how in ('booked', 'taken', 'waived', 'undone')),
  settled_by text,
  settle_reason text,
  unique (program, deed, kind, place),
  check ((settled_ms is null) = (how is null))
);
create index till_difference_open on till_difference (program, id) where settled_ms is null;

-- Who agreed to what when they were enrolled at a till.
create table till_consent (
  account bigint not null,
  given_ms bigint not null,
  stripe smallint not null,
  program smallint not null,
  deed text not null,
  device text not null,
  staff text,
  locale text not null,
  text text not null,
  primary key (stripe, account, deed)
);

-- Sales of cashiers to their own membership.
create table till_flag (
  id bigint generated always as identity primary key,
  account bigint not null,
  occurred_ms bigint not null,
  amount bigint not null,
  points bigint not null,
  program smallint not null references program (number),
  device text not null,
  deed text not null,
  staff text not null,
  unique (program, deed)
);
