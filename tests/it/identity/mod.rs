//! Entra ID.
