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
