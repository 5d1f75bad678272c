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
