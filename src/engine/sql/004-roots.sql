-- What each closed day of a program comes to, signed: rows are added and never changed. See docs/proof.md.

create table daily_root (
  program smallint not null references program (number),
  -- Days since 1970-01-01 in the program's time zone.
  day integer not null,
  -- How many accounts it covers: those whose head no earlier root does.
  accounts integer not null check (accounts >= 0),
  root bytea not null check (octet_length(root) = 32),
  -- sha256 of what was signed for the day before; zeros for the first.
  previous bytea not null check (octet_length(previous) = 32),
  sealed_ms bigint not null,
  -- Ed25519: the key as base64 of its SubjectPublicKeyInfo, and the signature.
  public_key text not null,
  signature bytea not null check (octet_length(signature) = 64),
  primary key (program, day),
  -- Roots are a chain: no two follow the same one.
  unique (program, previous)
);

-- The hash of each run of 1,024 leaves, so that a member's path is found without reading the leaves of everybody.
create table root_part (
  program smallint not null,
  day integer not null,
  part integer not null check (part >= 0),
  -- The account of its first leaf.
  account bigint not null,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (program, day, part),
  foreign key (program, day) references daily_root (program, day) deferrable initially deferred
);

create function keep_as_it_is() returns trigger language plpgsql as
  $$ begin raise exception 'what was sealed is never changed: % of %', tg_op, tg_table_name; end $$;
create trigger daily_root_stays before update or delete or truncate on daily_root
  for each statement execute function keep_as_it_is();
create trigger root_part_stays before update or delete or truncate on root_part
  for each statement execute function keep_as_it_is();

-- The leaves: heads as they stood when a day was sealed. An account has one for every day after which it had changed.
create table sealed_head (
  stripe smallint not null,
  account bigint not null,
  day integer not null,
  program smallint not null,
  seq integer not null check (seq > 0),
  head bytea not null check (octet_length(head) = 32),
  primary key (stripe, account, day)
);
create index sealed_head_by_day on sealed_head (stripe, program, day, account);
