-- Amounts are millionths of a dollar.

-- what the price list said when it was sent; null: not on the list
alter table kling_task add column estimate bigint;
-- what counts against the budgets: the estimate, or what the provider deducted
alter table kling_task add column cost bigint;
-- the UTC day, counted from 1970-01-01, on which it was bought or may have been; null: it was not
alter table kling_task add column bought_day integer;
-- what the create's answer meant, and the answer itself
alter table kling_task add column decision text;
alter table kling_task add column decision_code text;
alter table kling_task add column decision_message text;
alter table kling_task add column decision_request_id text;
-- when the same body was sent once more because nobody knew whether it had arrived
alter table kling_task add column resent_at bigint;
-- somebody wants it looked at now: due as soon as its claim is given back
alter table kling_task add column hint integer not null default 0;

update kling_task set bought_day = submitting_at / 86400000
    where state <> 'ACCEPTED' and submitting_at is not null
        and not (state = 'FAILED' and task_id is null);

create index kling_task_bought on kling_task (bought_day, cost, folder) where bought_day is not null;

-- What a task bought before a person had it bought anew.
create table kling_earlier (
    external_id   text    not null primary key,
    task          text    not null references kling_task (id),
    task_id       text,
    estimate      bigint,
    cost          bigint,
    bought_day    integer,
    deduction     text,
    code          text,
    message       text,
    request_id    text,
    submitting_at bigint,
    ended_at      bigint
);

create index kling_earlier_bought on kling_earlier (bought_day) where bought_day is not null;
