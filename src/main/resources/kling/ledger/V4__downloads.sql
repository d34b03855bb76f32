-- How often the videos of a task were begun to be fetched, whatever became of it.
alter table kling_task add column tries integer not null default 0;
