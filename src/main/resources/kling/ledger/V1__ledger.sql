-- Times are epoch milliseconds. The same file serves SQLite and PostgreSQL.

-- One row: what all nodes must agree on before money is spent.
create table kling_gate (
    id             integer          not null primary key check (id = 1),
    ledger_id      text             not null,
    -- tasks the provider takes at one time, as 1303 taught us; null: not taught yet
    limit_now      double precision,
    -- why the account is closed for now, and when one task may try it again
    closed_code    text,
    closed_message text,
    probe_at       bigint
);

-- Dropped files whose tasks are written; a drop that is read twice is written once.
create table kling_drop (
    id          text   not null primary key,
    source      text   not null,
    accepted_at bigint not null
);

create table kling_task (
    id              text    not null primary key,
    -- where it came from
    drop_id         text    not null references kling_drop (id),
    drop_index      integer not null,
    source          text    not null,
    -- the names of all its files
    folder          text    not null,
    stem            text    not null,
    -- what was asked, of whom
    kind            text    not null,
    request         text    not null,
    address         text    not null,
    external_id     text    not null unique,
    -- the exact body of the create call
    body            text,
    -- what the provider calls it
    task_id         text,
    state           text    not null,
    -- null: not before somebody says so
    due_at          bigint,
    -- when it was due before its present claim: looks keep their rhythm
    was_due         bigint,
    claim           integer not null default 0,
    claimed         integer not null default 0,
    -- failures in a row, of the step that its state asks for
    failures        integer not null default 0,
    looks           integer not null default 0,
    -- a slot at the provider is taken until then
    in_flight_until bigint,
    -- what the provider, or the trouble, said last
    code            text,
    message         text,
    request_id      text,
    deduction       text,
    -- since when the provider shows no video for a task that it calls finished
    missing_since   bigint,
    accepted_at     bigint  not null,
    submitting_at   bigint,
    submitted_at    bigint,
    succeeded_at    bigint,
    ended_at        bigint,
    -- its error file: owed ('write', 'remove', since report_at) or there ('written')
    report          text,
    report_at       bigint,
    unique (drop_id, drop_index)
);

create index kling_task_due on kling_task (state, due_at);
create index kling_task_in_flight on kling_task (in_flight_until) where in_flight_until is not null;
create index kling_task_report on kling_task (report_at) where report_at is not null;

create table kling_video (
    task     text    not null references kling_task (id),
    number   integer not null,
    video_id text,
    url      text    not null,
    duration text,
    file     text,
    size     bigint,
    sha256   text,
    primary key (task, number)
);

-- Every stem that was ever given to a task, folder and all, case folded.
create table kling_name (
    name text not null primary key,
    task text not null
);
