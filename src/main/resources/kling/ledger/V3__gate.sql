-- A limit that 1303 lowered: creates that took its last place since it was last changed, how many
-- of them are enough for it to rise, and when it was last changed.
alter table kling_gate add column limit_creates integer;
alter table kling_gate add column limit_enough integer;
alter table kling_gate add column limit_at bigint;
