-- A task that has ended is handed over to a host that asks for it, once for each time it ends.

-- when the host had it; null: nobody had it yet
alter table kling_task add column handed_at bigint;
-- when it may be tried (again), or, while it is being tried, when that claim runs out; null: not
-- tried yet
alter table kling_task add column hand_due_at bigint;
alter table kling_task add column hand_claim integer not null default 0;
-- failures in a row
alter table kling_task add column hand_tries integer not null default 0;

-- what nobody had yet, oldest first, over all folders and in one
create index kling_task_hand on kling_task (state, coalesce(hand_due_at, ended_at))
    where handed_at is null and ended_at is not null;

create index kling_task_hand_folder on kling_task (state, folder, coalesce(hand_due_at, ended_at))
    where handed_at is null and ended_at is not null;
