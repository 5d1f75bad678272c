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
