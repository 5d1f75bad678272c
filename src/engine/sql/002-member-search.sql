-- Members are looked for by the beginning of their id at the business or of their phone number, too.
create index profile_by_external_id on profile (program, external_id text_pattern_ops) where external_id is not null;
create index profile_by_phone on profile (program, phone text_pattern_ops) where phone is not null;
