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
