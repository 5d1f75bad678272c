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
