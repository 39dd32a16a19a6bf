//! Commands and their flags. What they do is in one file each.

mod banner;
mod certificates;
mod clock;
mod doctor;
mod env;
mod faults;
mod openapi;
mod probe;
mod refunds;
mod remote;
mod replay;
mod report;
mod seed;
mod serve;
mod snapshot;
mod trust;
mod watching;
mod worlds;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

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
    Status(probe::Status),
    /// Wait until a server is ready.
    Wait(probe::Wait),
    /// Print the settings that point a client at a server, for a shell or a platform.
    Env(env::Env),
    /// Print what makes a platform or a runtime trust the server's certificates.
    Trust(trust::Trust),
    /// List, make and delete worlds.
    Worlds(worlds::Worlds),
    /// Put a world back to its start.
    Reset(worlds::Reset),
    /// Make customers up by the thousand, into a file or a world.
    Seed(seed::Seed),
    /// Read and move the clock of a world; end what is held; set delays.
    Clock(clock::Clock),
    /// Keep the run of a world in a file: how it began and every call since.
    Bundle(replay::Keep),
    /// Play a run again and say whether every answer is the same, byte for byte.
    Replay(replay::Replay),
    /// Report on what a client did; exit with 1 when it was bad enough.
    Report(report::Report),
    /// Find out why a client does not reach the server.
    Doctor(doctor::Doctor),
    /// Print the completions for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Keep a world under a name or in a file, and put it back.
    Snapshot(snapshot::Snapshot),
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
        Some(Command::Env(env)) => env.run(),
        Some(Command::Trust(trust)) => trust.run(),
        Some(Command::Worlds(worlds)) => worlds.run(),
        Some(Command::Reset(reset)) => reset.run(),
        Some(Command::Seed(seed)) => seed.run(),
        Some(Command::Clock(clock)) => clock.run(),
        Some(Command::Bundle(bundle)) => bundle.run(),
        Some(Command::Replay(replay)) => replay.run(),
        Some(Command::Report(report)) => report.run(),
        Some(Command::Doctor(doctor)) => doctor.run(),
        Some(Command::Completions { shell }) => {
            clap_complete::generate(shell, &mut Cli::command(), "pcmock", &mut std::io::stdout());
            Ok(())
        }
        Some(Command::Snapshot(snapshot)) => snapshot.run(),
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
