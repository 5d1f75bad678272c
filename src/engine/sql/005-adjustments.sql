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
