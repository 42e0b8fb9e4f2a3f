//! Plans to the wire: what is read, what differs, what is written, and how it is remembered.

pub mod connect;
pub mod http;
pub mod identity;
pub mod state;
pub mod subscription;
pub mod work;
