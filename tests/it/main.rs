//! The behaviour suite: the whole server against real stores. What is in `on_both!` runs on SQLite with the in-process
//! hot store and on PostgreSQL with Redis alike.

#![allow(
    clippy::too_many_lines,
    reason = "a table of cases is as long as its cases"
)]

mod attacks;
mod audience;
mod bad_input;
mod browsers;
mod clients;
mod cluster;
mod costs;
mod deadlines;
mod degrading;
mod demo;
mod deploy;
mod desk;
mod docs;
mod documents;
mod fake_platforms;
mod fake_wechat;
mod faults;
mod first_view;
mod harness;
mod hostile;
mod likes;
mod limits;
mod list_fields;
mod live;
mod log_watch;
mod logs;
mod media;
mod model;
mod pages;
mod plain_words;
mod platforms;
mod posters;
mod postgres;
mod properties;
mod raw_sql;
mod reading;
mod restoring;
mod rights;
mod running;
mod servers;
mod sheets;
mod sign_in;
mod structure;
mod turnout;
mod voting;
