//! The window in which nothing forbidden may come.
