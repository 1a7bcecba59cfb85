//! Submissions that do what no server should.
