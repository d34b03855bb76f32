-- A limit that 1303 lowered: creates that still have to take the last place before it rises, and
-- when it was last changed.
alter table kling_gate add column limit_creates integer;
alter table kling_gate add column limit_at bigint;
