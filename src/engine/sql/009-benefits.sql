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
