-- Where the provider may tell of a task: the SHA-256 of the secret part of every address that was
-- sent for it. The secret itself is nowhere.
create table kling_callback (
    hash     text   not null primary key,
    -- null: a try of our own whether the address is reached
    task     text   references kling_task (id),
    made_at  bigint not null,
    -- when the first callback came that way
    heard_at bigint
);

create index kling_callback_task on kling_callback (task);

-- What callbacks called a task whose id nobody knows yet: hearsay, until a look confirms it.
create table kling_hearsay (
    task     text    not null references kling_task (id),
    task_id  text    not null,
    heard_at bigint  not null,
    -- looks at it that were not answered
    looks    integer not null default 0,
    primary key (task, task_id)
);

create index kling_task_task_id on kling_task (task_id) where task_id is not null;
