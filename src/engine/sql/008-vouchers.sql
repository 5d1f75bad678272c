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
