-- How far the accounts of a program have been told when to wake by the calendar of a revision: in the order of their ids
-- up to `account`, which is null once all have. Accounts that sleep would know of it only when something wakes them.
create table calendar (
  stripe smallint not null,
  program smallint not null,
  revision integer not null,
  account bigint,
  primary key (stripe, program)
);
