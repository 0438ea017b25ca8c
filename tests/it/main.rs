//! The behaviour suite: the whole server against real stores. What is in `on_both!` runs on SQLite with the in-process
//! hot store and on PostgreSQL with Redis alike.

mod fake_wechat;
mod harness;
mod limits;
mod log_watch;
mod logs;
mod raw_sql;
mod servers;
mod sign_in;
mod voting;
