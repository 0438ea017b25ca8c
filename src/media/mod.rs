//! The files of pictures: [`picture`] makes them out of what was uploaded, [`store`] keeps them, in a folder or on an
//! S3-compatible store. The only user of `acclaim_pictures` and `object_store`.
//!
//! Everything is bounded: a picture is looked at by its header before it is decoded, a file by its length before it is
//! read. What is stored under a name never changes, so every write may be repeated.

pub mod picture;
pub mod store;

#[cfg(test)]
mod tests;
