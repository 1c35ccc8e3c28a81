//! Whole-program analyses and the comparison of two builds.
