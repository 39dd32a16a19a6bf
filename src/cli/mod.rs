//! Commands and their flags. What they do is in one file each.

mod banner;
mod faults;
mod openapi;
mod probe;
mod refunds;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A stateful mock of Microsoft Partner Center and the Azure APIs behind it, for Azure reservations.
///
/// Without a command it serves.
#[derive(Debug, Parser)]
#[command(name = "pcmock", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve(Box<serve::Serve>),
    /// Tell whether a server is well.
    Status(probe::Probe),
    /// Wait until a server is ready.
    Wait(probe::Wait),
    /// List, arm and take away the faults of a running server.
    Faults(Box<faults::Faults>),
    /// Write the API documents, or check that they are up to date.
    Openapi(openapi::Openapi),
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        None => cli.serve.run(),
        Some(Command::Serve(serve)) => serve.run(),
        Some(Command::Status(probe)) => probe.run(),
        Some(Command::Wait(wait)) => wait.run(),
        Some(Command::Faults(faults)) => faults.run(),
        Some(Command::Openapi(openapi)) => openapi.run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pcmock: {error}");
            ExitCode::FAILURE
        }
    }
}
