-- Where the provider may tell of a task: the SHA-256 of the secret part of every address that was
-- sent for it. The secret itself is nowhere.
create table kling_callback (
    hash        text   not null primary key,
    -- null: a try of our own whether the address is reached
    task        text   references kling_task (id),
    -- of the purchase that it was sent with
    external_id text,
    made_at     bigint not null,
    -- when the first callback came that way
    heard_at    bigint
);

create index kling_callback_task on kling_callback (task);

-- What callbacks called a task whose id nobody knows yet: hearsay, until a look confirms it. It is
-- about one purchase: a retry buys another one under another external id.
create table kling_hearsay (
    external_id text    not null,
    task_id     text    not null,
    heard_at    bigint  not null,
    -- looks at it that were not answered
    looks       integer not null default 0,
    primary key (external_id, task_id)
);

create index kling_task_task_id on kling_task (task_id) where task_id is not null;

create index kling_earlier_task_id on kling_earlier (task_id) where task_id is not null;
