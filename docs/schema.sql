-- 001-ledger.sql

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

-- 002-member-search.sql

-- Members are looked for by the beginning of their id at the business or of their phone number, too.
create index profile_by_external_id on profile (program, external_id text_pattern_ops) where external_id is not null;
create index profile_by_phone on profile (program, phone text_pattern_ops) where phone is not null;

-- 003-webhooks.sql

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

-- 004-roots.sql

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

-- 005-adjustments.sql

-- Points that people gave or took: what was asked for, and who decided it. Why stands in the activity that asked, where
-- it goes when the member is erased.
create table adjustment (
  stripe smallint not null,
  -- The activity that asked for it, and the one that decided it: the same where nobody had to agree.
  activity bigint not null,
  decided bigint,
  account bigint not null,
  program smallint not null,
  wallet text not null,
  points bigint not null check (points <> 0 and abs(points) <= 9007199254740991),
  status text not null check (status in ('pending_approval', 'applied', 'rejected')),
  requested_by text not null,
  decided_by text,
  primary key (stripe, activity),
  check ((status = 'pending_approval') = (decided is null)),
  check ((decided is null) = (decided_by is null)),
  -- What waited for a second person was not agreed to by the first.
  check (status <> 'applied' or decided = activity or decided_by <> requested_by)
);
create index adjustment_by_program on adjustment (program, activity);
create index adjustment_waiting on adjustment (program, activity) where status = 'pending_approval';

-- 006-calendars.sql

-- How far the accounts of a program have been told when to wake by the calendar of a revision: in the order of their ids
-- up to `account`, which is null once all have. Accounts that sleep would know of it only when something wakes them.
create table calendar (
  stripe smallint not null,
  program smallint not null,
  revision integer not null,
  account bigint,
  primary key (stripe, program)
);

-- 007-forwarded.sql

-- What decisions tell other accounts, what is counted over all members, and who brought whom.

-- An account is told what nobody named beforehand: kept with the decision that causes it, and decided there afterwards,
-- once, under the key `forwarded:SOURCE#PLACE`.
create table forwarded (
  -- The activity that causes it, or what else does (an award), and its place there.
  source bigint not null,
  -- The account that the activity is of, and its number there, by which the order is kept; 0 for an award.
  origin bigint not null,
  -- Who is to hear it.
  account bigint not null,
  occurred_ms bigint not null,
  -- The activity that it became; null while it is on its way, and where it was refused.
  activity bigint,
  seq integer not null,
  place smallint not null check (place > 0),
  stripe smallint not null,
  program smallint not null,
  type text not null check (type in ('referred', 'award')),
  body text not null,
  refused text,
  primary key (stripe, source, place),
  check (activity is null or refused is null)
);
create index forwarded_on_its_way on forwarded (program, origin, seq, place) where activity is null and refused is null;

-- What every account adds to something that is counted over all of them: entries of a draw, scores of a leaderboard.
create table tally (
  account bigint not null,
  -- It can be below zero: what is returned is taken back in the period of its purchase.
  count bigint not null,
  -- The first local day of the period that it counts in, in days since 1970-01-01; 0 where there are no periods.
  period integer not null,
  stripe smallint not null,
  program smallint not null,
  name text not null,
  primary key (stripe, program, name, period, account)
) with (fillfactor = 85);

-- What became of the friends whom members brought. `referrer` is the account whose code was named, which may have been
-- merged into another since; only decisions of whoever it has become write here.
create table referral (
  referrer bigint not null,
  friend bigint not null,
  until_ms bigint,
  changed_ms bigint not null,
  stripe smallint not null,
  program smallint not null,
  state text not null check (state in ('joined', 'waiting', 'rewarded', 'capped', 'refused')),
  reason text check ((reason is not null) = (state = 'refused')),
  primary key (stripe, referrer, friend),
  check (referrer <> friend)
);
create index referral_by_friend on referral (program, friend);

-- 008-vouchers.sql

-- Vouchers, the codes that are imported for them, and those that are printed before they are anybody's.

-- A voucher stays in the stripe of the activity that issued it, whosever it becomes.
create table voucher (
  stripe smallint not null,
  activity bigint not null,
  place smallint not null,
  account bigint not null,
  program smallint not null,
  code text not null,
  reward text not null,
  -- What it was given for.
  source text not null,
  from_ms bigint not null,
  -- Null for one that does not expire.
  expires_ms bigint,
  state text not null check (state in ('open', 'used', 'expired', 'withdrawn', 'transferred')),
  -- The activity that used it, took it back, gave it away, or that it expired in.
  ended bigint,
  primary key (stripe, activity, place),
  check ((state = 'open') = (ended is null))
);
create index voucher_of_account on voucher (account, activity, place);

-- Codes of somebody else's, such as a partner's: each is handed out once.
create table code_pool (
  program smallint not null references program (number),
  id text not null,
  -- How many are left, and below how many somebody is told.
  free bigint not null default 0 check (free >= 0),
  low bigint not null default 0 check (low >= 0),
  primary key (program, id)
);

-- `stripe` is a hash of the pool's id, so that a batch finds all codes of a pool in one place.
create table pool_code (
  stripe smallint not null,
  program smallint not null,
  pool text not null,
  code text not null,
  -- The activity that handed it out, and to whom.
  activity bigint,
  account bigint,
  primary key (stripe, program, pool, code),
  check ((activity is null) = (account is null))
);
create index pool_code_free on pool_code (stripe, program, pool, code) where activity is null;

-- Codes that are printed before they are anybody's, such as gift cards and flyers, by the batch.
create table voucher_batch (
  id bigint primary key,
  program smallint not null references program (number),
  reward text not null,
  -- How much each card gives, in the smallest unit of its wallet, where that is not the reward's to say.
  amount bigint check (amount > 0),
  -- Until when a card can be claimed; what it became by then has its own end.
  expires_ms bigint,
  -- How many of them one member may claim, and how many all of them may.
  per_member integer check (per_member > 0),
  most bigint check (most > 0),
  codes integer not null check (codes > 0),
  actor text not null,
  created_ms bigint not null
);

-- `stripe` is a hash of the code.
create table printed_code (
  stripe smallint not null,
  program smallint not null,
  code text not null,
  batch bigint not null,
  -- The activity that claimed it, and for whom.
  activity bigint,
  account bigint,
  primary key (stripe, program, code),
  check ((activity is null) = (account is null))
);
create index printed_code_of_batch on printed_code (batch, code);

-- 009-benefits.sql

-- What members had from a program besides points, each with what it was worth to them: a perk used, a member's price.
-- `source` says what it came from; what a return takes back stands below zero. The account leads the rest of the key,
-- since all that is ever asked for is the benefits of one member.
create table benefit (
  stripe smallint not null,
  account bigint not null,
  activity bigint not null,
  place smallint not null,
  program smallint not null,
  source text not null,
  worth bigint not null check (abs(worth) <= 9007199254740991),
  primary key (stripe, account, activity, place)
);

-- 010-awards.sql

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

-- 011-access.sql

-- The people who work for the business: who they are, what they may, where they are signed in, and what was done by
-- whom. These tables grow with people and their clicks, not with members, so they are not spread over workers.

create table staff (
  id text primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  -- The language of the screens; null for the program's.
  locale text,
  -- scrypt with its parameters and its salt; null until the person has chosen one.
  password text,
  -- What one-time codes are made from (RFC 6238): asked for once it was confirmed by a code.
  totp_secret bytea,
  totp_confirmed_ms bigint,
  -- The last time step whose code was used, since a code is good once.
  totp_step bigint not null default 0,
  created_ms bigint not null,
  check (totp_confirmed_ms is null or totp_secret is not null)
);

create table staff_role (
  staff text not null references staff (id),
  program smallint not null references program (number),
  role text not null check (role in ('owner', 'marketer', 'finance', 'support', 'cashier', 'developer', 'read_only')),
  -- The person as a member, so that whoever gives points to themselves is seen.
  account bigint,
  created_ms bigint not null,
  primary key (staff, program)
);
create index staff_role_by_program on staff_role (program, staff);

create table staff_session (
  id text primary key,
  -- sha256 of what the cookie says, which is kept nowhere.
  hash bytea not null unique check (octet_length(hash) = 32),
  staff text not null references staff (id),
  -- What the console looks at unless a call names another program.
  program smallint not null references program (number),
  address text not null,
  agent text not null,
  created_ms bigint not null,
  seen_ms bigint not null,
  ended_ms bigint
);
create index staff_session_by_staff on staff_session (staff, created_ms);

-- A link by which a person chooses a password: the first, or a new one.
create table invitation (
  hash bytea primary key check (octet_length(hash) = 32),
  staff text not null references staff (id),
  program smallint not null references program (number),
  made_by text not null,
  created_ms bigint not null,
  expires_ms bigint not null,
  used_ms bigint
);
create index invitation_by_staff on invitation (staff);

-- What lets somebody in whose telephone is lost: each code once.
create table recovery_code (
  staff text not null references staff (id),
  hash bytea not null check (octet_length(hash) = 32),
  used_ms bigint,
  primary key (staff, hash)
);

-- What people did, for those who answer for it. Secrets and the data of members never stand in it, so that nothing in it
-- ever has to be erased.
create table audit (
  id bigint primary key generated always as identity,
  at_ms bigint not null,
  program smallint not null references program (number),
  actor text not null,
  staff text,
  device text,
  role text not null,
  -- The call, as OpenAPI names it.
  action text not null,
  -- What it was about: an id, or the address of the call.
  about text not null,
  before jsonb,
  after jsonb,
  request_id text not null,
  -- The Idempotency-Key: a call that is sent again is written once, however often its answer was lost.
  key text
);
create unique index audit_once on audit (program, action, actor, key) where key is not null;
create index audit_by_time on audit (program, at_ms, id);
create index audit_by_actor on audit (program, actor, at_ms, id);
create index audit_by_action on audit (program, action, at_ms, id);
create index audit_by_about on audit (program, about, at_ms, id);
create trigger audit_stays before update or delete or truncate on audit
  for each statement execute function keep_as_it_is();

-- 012-drafts.sql

-- Drafts of a program: texts that decide nothing until they are published. There may be several at once.

create table program_draft (
  program smallint not null references program (number),
  -- What addresses call it: `main`, or a name that was made for it.
  id text not null,
  title text not null check (title <> ''),
  source text not null,
  -- Grows with every change, so that nobody writes over what they have not seen.
  version integer not null check (version > 0),
  -- The revision that it goes on from: one that was published meanwhile would be undone by it.
  begun_from integer not null,
  created_ms bigint not null,
  created_by text not null,
  changed_ms bigint not null,
  changed_by text not null,
  -- Who asks others to look at this very version, and who has agreed to it.
  asked_ms bigint,
  asked_by text,
  note text,
  approved_ms bigint,
  approved_by text,
  primary key (program, id),
  foreign key (program, begun_from) references revision (program, number),
  check ((asked_ms is null) = (asked_by is null)),
  check (note is null or asked_by is not null),
  check ((approved_ms is null) = (approved_by is null)),
  -- Four eyes: nobody agrees to what they wrote themselves.
  check (approved_by is null or approved_by <> changed_by)
);

insert into program_draft
  (program, id, title, source, version, begun_from, created_ms, created_by, changed_ms, changed_by)
select p.number, 'main', 'main', p.draft, 1, max(r.number), p.created_ms, 'unknown', p.created_ms, 'unknown'
from program p join revision r on r.program = p.number where p.draft is not null group by p.number;

alter table program drop column draft;

-- When somebody published it, which may be long before it decides; null where nobody wrote that down.
alter table revision add column published_ms bigint;
alter table revision add column approved_by text check (approved_by <> published_by);

-- 013-notes.sql

-- What people of the business write about members, for one another: no part of the ledger, and erased with the person.
create table note (
  stripe smallint not null,
  account bigint not null,
  id bigint not null,
  program smallint not null,
  text text not null check (text <> ''),
  actor text not null,
  written_ms bigint not null,
  primary key (stripe, account, id)
);

-- Members are listed by when they joined: pages of a table begin anywhere, and some days are asked for.
create index profile_by_joining on profile (program, joined_ms, stripe, account);

-- 014-till.sql

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

-- 015-shops-views.sql

-- What days added up to, so that pages need not read the ledger: made from it by engine/figures, and made again from it.
-- How far that has come, by block of ids: whatever is beyond is read when somebody asks.
create table counted (
  block bigint primary key,
  -- The last id whose activity or sale is in the figures.
  id bigint not null,
  -- How far the ledger went at the last look, and when that was: what was not committed then may still come below it.
  seen bigint not null,
  seen_xid bigint not null,
  seen_ms bigint not null,
  check (seen >= id)
);

-- Days are local ones of the program, since 1970; `about` is the wallet, the reward or the place where there is one.
create table day_figure (
  program smallint not null,
  figure text not null,
  day integer not null,
  about text not null,
  amount bigint not null,
  primary key (program, figure, day, about)
);

-- How many members bought on a day and had last bought on another one before; -1 where never. Whoever bought in a period
-- is counted once there by taking the days whose day before lies outside of it.
create table buyers (
  program smallint not null,
  day integer not null,
  before integer not null,
  members bigint not null,
  primary key (program, day, before)
);

-- The days on which each account bought, in order: what `buyers` is made from.
create table bought (
  stripe smallint not null,
  account bigint not null,
  program smallint not null,
  days integer[] not null,
  primary key (stripe, account)
);

-- Where the activities of a day stand: ids beyond `after_id` up to `last_id` hold all of them, and others too.
create table day_span (
  program smallint not null,
  day integer not null,
  after_id bigint not null,
  last_id bigint not null,
  primary key (program, day, after_id),
  check (last_id > after_id)
);

-- Places where the business sells. Orders name them by a text of the till's own, which a shop may have several of.
create table shop (
  program smallint not null references program (number),
  id text not null,
  name text not null,
  address text,
  closed boolean not null default false,
  created_ms bigint not null,
  primary key (program, id)
);

create table shop_location (
  program smallint not null,
  location text not null,
  shop text not null,
  primary key (program, location),
  foreign key (program, shop) references shop (program, id) on delete cascade
);

-- What a person looks at often: the filters of a table, by a name of their own.
create table saved_view (
  program smallint not null references program (number),
  owner text not null,
  page text not null,
  name text not null,
  query text not null,
  changed_ms bigint not null,
  primary key (program, owner, page, name)
);

-- 016-cards.sql

-- Private links with which members open their own card: known by their hash alone. `stripe` is a hash of that.
create table card_link (
  stripe smallint not null,
  hash bytea not null check (length(hash) = 32),
  program smallint not null,
  account bigint not null,
  -- Who made it, as the ledger's records name them; `join-page` for members who joined by themselves.
  made_by text not null,
  made_ms bigint not null,
  primary key (stripe, hash)
);

-- All links of somebody end at once.
create index card_link_of on card_link (account);

-- 017-backtests.sql

-- Files of past orders that somebody handed in, and what was asked of them: backtests and balances, worked out in turn.

-- The file itself stands in a folder of the installation.
create table order_file (
  id text primary key,
  program smallint not null references program (number),
  name text not null,
  bytes bigint not null check (bytes >= 0),
  uploaded_ms bigint not null,
  uploaded_by text not null
);
create index order_file_by_program on order_file (program, uploaded_ms);
create index order_file_by_age on order_file (uploaded_ms);

create table study (
  id text primary key,
  program smallint not null references program (number),
  kind text not null check (kind in ('backtest', 'balance')),
  -- What was asked for, as it is told again; and all that is needed to work it out, as JSON. The file stays apart, so that
  -- it can be forgotten.
  asked text not null,
  task text not null,
  file text,
  status text not null check (status in ('waiting', 'running', 'done', 'failed', 'stopped')),
  thousandths smallint not null default 0 check (thousandths between 0 and 1000),
  attempts smallint not null default 0,
  asked_ms bigint not null,
  asked_by text not null,
  begun_ms bigint,
  ended_ms bigint,
  -- Which process works on it, and when that last said so.
  runner text,
  alive_ms bigint,
  problem text,
  -- The report and the page for people, to the letter as the commands write them; the summary is what a list shows.
  report text,
  page text,
  summary text,
  check ((status = 'running') = (runner is not null)),
  check ((status = 'done') = (report is not null)),
  check ((status = 'failed') = (problem is not null))
);
create index study_by_program on study (program, kind, asked_ms, id);
create index study_open on study (asked_ms) where status in ('waiting', 'running');
