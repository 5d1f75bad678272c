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
