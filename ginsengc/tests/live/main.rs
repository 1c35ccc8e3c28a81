//! `apply` and `status` against a hand-written server whose tables have the shapes that `build`
//! generates: the runtime and the tools are tested here without the compiler.

mod family;
mod fixture;
mod refusals;
mod shapes;
mod single;
mod stack;
