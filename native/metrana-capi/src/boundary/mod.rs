//! What every exported function needs: the panic guard, and the checks of what comes from outside.

pub(crate) mod failure;
pub(crate) mod guard;
pub(crate) mod handle;
pub(crate) mod pointers;
pub(crate) mod seconds;
pub(crate) mod text;
