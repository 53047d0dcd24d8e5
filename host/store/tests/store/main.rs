//! The store from outside: what is kept, what is forgotten, and what a crash, a full disk or a strange file does to it.

mod crash;
mod disk;
mod feeds;
mod files;
mod grouping;
mod listing;
mod material;
mod mentions;
mod overtaken;
mod renewal;
