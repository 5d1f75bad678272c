-- Drafts of a program: texts that decide nothing until they are published. There may be several at once.

create table program_draft (
  program smallint not null references program (number),
  -- What addresses call it: `main`, or a name that was made for it.
  id text not null,
  title text not null check (title <> ''),
  source text not null,
  -- Grows with every change, so that nobody writes over what they have not seen.
  version integer not null check (version > 0),
  -- The revision that it goes on from: one that was published meanwhile would be undone by it.
  begun_from integer not null,
  created_ms bigint not null,
  created_by text not null,
  changed_ms bigint not null,
  changed_by text not null,
  -- Who asks others to look at this very version, and who has agreed to it.
  asked_ms bigint,
  asked_by text,
  note text,
  approved_ms bigint,
  approved_by text,
  primary key (program, id),
  foreign key (program, begun_from) references revision (program, number),
  check ((asked_ms is null) = (asked_by is null)),
  check (note is null or asked_by is not null),
  check ((approved_ms is null) = (approved_by is null)),
  -- Four eyes: nobody agrees to what they wrote themselves.
  check (approved_by is null or approved_by <> changed_by)
);

insert into program_draft
  (program, id, title, source, version, begun_from, created_ms, created_by, changed_ms, changed_by)
select p.number, 'main', 'main', p.draft, 1, max(r.number), p.created_ms, 'unknown', p.created_ms, 'unknown'
from program p join revision r on r.program = p.number where p.draft is not null group by p.number;

alter table program drop column draft;

-- When somebody published it, which may be long before it decides; null where nobody wrote that down.
alter table revision add column published_ms bigint;
alter table revision add column approved_by text check (approved_by <> published_by);
