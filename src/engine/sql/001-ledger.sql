-- The ledger. Times are milliseconds since 1970 UTC; points and money are integers in their smallest unit.
-- Every growing table has `stripe`, a part of the account's id, in its key: on Citus it is the distribution column.
-- Foreign keys between growing tables are left out: a decision writes all of them in one statement under the
-- account's lock, `regulars verify` checks what they would, and they cost a look-up a row.

create table setting (
  name text primary key,
  value text not null
);

-- How many stripes there are is fixed for the life of the database; `migrate` may be told another number beforehand.
insert into setting (name, value) values
  ('stripes', coalesce(current_setting('regulars.stripes', true), '8')),
  ('secret', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

-- Names of accounts and activities come in blocks: a process takes a block and counts in memory.
create sequence id_block;

-- What the engine was when it decided: a number in each activity stands for it.
create table engine_version (
  number smallint primary key,
  release text not null,
  tzdata text not null,
  unique (release, tzdata)
);

create table program (
  number smallint primary key generated always as identity,
  id text not null unique,
  name text not null,
  mode text not null check (mode in ('live', 'test')),
  -- The time that a program in test mode was moved to; null while it runs on real time.
  clock_ms bigint,
  draft text,
  created_ms bigint not null,
  check (clock_ms is null or mode = 'test')
);

create table revision (
  program smallint not null references program (number),
  number integer not null check (number > 0),
  source text not null,
  -- From when on it decides: the past is never decided again.
  effective_ms bigint not null,
  published_by text not null,
  primary key (program, number)
);

create table api_key (
  id text primary key,
  program smallint references program (number),
  -- sha256 of the secret: the secret itself is shown once and kept nowhere.
  hash bytea not null unique check (octet_length(hash) = 32),
  actor text not null,
  role text not null check (role in
    ('owner', 'marketer', 'finance', 'support', 'cashier', 'developer', 'read_only', 'partner')),
  limits jsonb not null default '{}',
  created_ms bigint not null,
  revoked_ms bigint
);

create type bucket as enum (
  'issued', 'pending', 'available', 'held', 'spent', 'expired', 'forfeited', 'reversed', 'adjusted', 'debt', 'forgiven',
  'sent', 'received'
);

-- Pages are left half empty so that a changed row stays on its page (HOT); no index on anything that changes.
create table account (
  stripe smallint not null,
  id bigint not null,
  program smallint not null,
  seq integer not null check (seq >= 0),
  -- The last activity, and the head of the account's hash chain.
  last bigint not null,
  head bytea not null check (octet_length(head) = 32),
  state text not null check (octet_length(state) <= 8192),
  primary key (stripe, id)
) with (fillfactor = 55, autovacuum_vacuum_scale_factor = 0.05);

create table due (
  stripe smallint not null,
  account bigint not null,
  program smallint not null,
  due_ms bigint not null,
  primary key (stripe, account)
) with (fillfactor = 70);
-- Many are due at the same midnight: the account tells them apart, so that a sweep reads them page by page.
create index due_by_time on due (stripe, program, due_ms, account);

-- Columns of eight bytes come first, then those of four and two, so that none is moved up to the next multiple of its
-- size. Ids grow with time, so they lead the keys: new entries go to the end of an index, whatever their stripe is.
create table activity (
  id bigint not null,
  account bigint not null,
  -- The account's activity before this one: its time line without an index of its own. 0 for the first.
  prev bigint not null,
  occurred_ms bigint not null,
  recorded_ms bigint not null,
  seq integer not null check (seq > 0),
  revision integer not null,
  stripe smallint not null,
  engine smallint not null,
  type text not null,
  key text not null,
  -- What was sent, as canonical JSON (RFC 8785), and its salt: both go when a person is erased.
  body text,
  salt bytea check (octet_length(salt) = 16),
  -- What the hash needs of an erased body: sha256(salt || convert_to(body, 'UTF8')); null while the body is there.
  body_hash bytea check (octet_length(body_hash) = 32),
  -- What returns of an order may read.
  frozen text,
  -- What was answered, apart from the postings.
  outcome text not null,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (id, stripe),
  check ((body is null) = (salt is null)),
  check ((body is null) = (body_hash is not null))
);

create table posting (
  activity bigint not null,
  account bigint not null,
  points bigint not null check (points > 0 and points <= 9007199254740991),
  place smallint not null,
  stripe smallint not null,
  from_bucket bucket not null,
  to_bucket bucket not null,
  -- The lot: kind of earning, month of issue (year * 12 + month - 1), release (0 when released), expiry (null: never).
  month integer,
  release_ms bigint,
  expiry_ms bigint,
  reverses bigint,
  kind text,
  wallet text not null,
  rule text,
  line text,
  primary key (activity, place, stripe),
  check (from_bucket <> to_bucket),
  -- The ways in which points can move.
  check (case from_bucket
    when 'issued' then to_bucket in ('pending', 'available')
    when 'pending' then to_bucket in ('available', 'expired', 'forfeited', 'reversed', 'debt', 'sent')
    when 'available' then to_bucket in ('held', 'spent', 'expired', 'reversed', 'adjusted', 'debt', 'sent')
    when 'held' then to_bucket in ('available', 'spent', 'sent')
    when 'spent' then to_bucket = 'available'
    when 'expired' then to_bucket in ('available', 'reversed', 'debt')
    when 'debt' then to_bucket in ('reversed', 'adjusted', 'available', 'forgiven', 'sent')
    when 'forfeited' then to_bucket in ('available', 'reversed')
    when 'forgiven' then to_bucket = 'reversed'
    when 'received' then to_bucket in ('pending', 'available', 'held', 'debt')
    else false end)
);

-- Keys of activities and of members: what is unique in a program, and where it leads. `stripe` is a hash of the value.
create table directory (
  stripe smallint not null,
  program smallint not null,
  -- 1 key of an activity, 2 member's id at the business, 3 phone, 4 e-mail, 5 card, 6 referral code, 7 code of a voucher
  kind smallint not null check (kind between 1 and 7),
  value text not null,
  account bigint,
  activity bigint,
  primary key (stripe, program, kind, value)
);

-- Who a member is: apart from the ledger, so that it can be changed and erased.
create table profile (
  stripe smallint not null,
  account bigint not null,
  program smallint not null,
  external_id text,
  name text,
  email text,
  phone text,
  birthday text,
  locale text,
  -- What others call the member, and whether they see the member on leaderboards: 'shown' unless said.
  alias text,
  leaderboards text check (leaderboards in ('shown', 'named', 'hidden')),
  card_number text not null,
  referral_code text not null,
  joined_ms bigint not null,
  status text not null default 'active' check (status in ('active', 'closed', 'merged', 'erased')),
  -- A household's pool has a row as members do, and is none of them.
  is_pool boolean not null default false,
  primary key (stripe, account)
);
create index profile_of_pool on profile (program, stripe, account) where is_pool;
create index profile_by_name on profile (program, lower(name) text_pattern_ops);

-- What returns have taken of an order so far; there is no row while nothing came back.
create table remainder (
  stripe smallint not null,
  activity bigint not null,
  returned text not null,
  primary key (stripe, activity)
);

-- Points that expired, by lot: what a return finds there is owed by nobody.
create table expired_lot (
  stripe smallint not null,
  account bigint not null,
  lot text not null,
  points bigint not null check (points >= 0),
  primary key (stripe, account, lot)
);

create table redemption (
  stripe smallint not null,
  -- The activity that began it, and its place among the rewards of an order.
  activity bigint not null,
  place smallint not null,
  account bigint not null,
  program smallint not null,
  reward text not null,
  wallet text not null,
  quantity bigint not null check (quantity > 0),
  points bigint not null check (points >= 0),
  -- Money due besides the points, in minor units.
  to_pay bigint not null check (to_pay >= 0),
  captured_points bigint not null check (captured_points between 0 and points),
  status text not null check (status in ('held', 'captured', 'voided', 'expired', 'returned')),
  expires_ms bigint,
  primary key (stripe, activity, place)
);

-- Sales to people who are not members, and their returns: kept for comparison, they earn nothing.
create table sale (
  stripe smallint not null,
  id bigint not null,
  program smallint not null,
  type text not null check (type in ('order', 'return', 'cancel')),
  key text not null,
  occurred_ms bigint not null,
  recorded_ms bigint not null,
  body text not null,
  outcome text not null,
  returned text,
  primary key (stripe, id)
);

-- Returns that came before their order; `stripe` is a hash of the order's key.
create table waiting_return (
  stripe smallint not null,
  program smallint not null,
  order_key text not null,
  key text not null,
  type text not null check (type in ('return', 'cancel')),
  occurred_ms bigint not null,
  body text not null,
  primary key (stripe, program, order_key, key)
);

-- Orders that are not paid yet: they move nothing and may change.
create table draft_order (
  program smallint not null references program (number),
  external_id text not null,
  member text,
  body text not null,
  status text not null check (status in ('draft', 'cancelled')),
  updated_ms bigint not null,
  primary key (program, external_id)
);

-- What accounts share: the stock of a reward, the budget of a campaign. Locked with the accounts, decided in memory.
create table claim (
  program smallint not null references program (number),
  name text not null,
  used bigint not null default 0 check (used >= 0),
  primary key (program, name)
);

-- Messages to the world, kept with the decision that causes them.
create table outbox (
  id bigint primary key generated always as identity,
  program smallint not null,
  topic text not null,
  account bigint not null,
  activity bigint not null,
  data text not null,
  created_ms bigint not null
);

-- Answers to requests that are no activities, by Idempotency-Key.
create table answered (
  program smallint not null,
  key text not null,
  fingerprint bytea not null,
  status smallint not null,
  answer text not null,
  created_ms bigint not null,
  primary key (program, key)
);
