//! What the student sees of a failing line.
