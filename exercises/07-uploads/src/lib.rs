//! The upload server of assignment 04.2.
