//! The behaviour suite: the whole server against real stores. What is in `on_both!` runs on SQLite with the in-process
//! hot store and on PostgreSQL with Redis alike.

mod clients;
mod demo;
mod fake_wechat;
mod harness;
mod live;
mod running;
mod servers;
mod voting;
