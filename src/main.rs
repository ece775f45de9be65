//! The command line.

fn main() -> std::process::ExitCode {
    tiendo::cli::run()
}
