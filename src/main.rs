//! The command line of the mock.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
