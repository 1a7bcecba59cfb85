//! The rooms server of assignment 18.2.
