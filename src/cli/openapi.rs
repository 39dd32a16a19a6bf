//! `pcmock openapi`: the documents as files.

use std::path::PathBuf;

use clap::Args;
use partner_center_mock::api::document;

/// Where the documents go.
#[derive(Debug, Args)]
pub struct Openapi {
    /// Folder for the documents.
    #[arg(long, default_value = "openapi")]
    dir: PathBuf,
    /// Write nothing; fail when a document in the folder differs.
    #[arg(long)]
    check: bool,
}

impl Openapi {
    /// Writes or checks the documents.
    pub fn run(self) -> Result<(), String> {
        for surface in document::SURFACES {
            let text = document::text(surface);
            let file = self.dir.join(format!("{}.json", surface.name()));
            if self.check {
                let kept = std::fs::read_to_string(&file).unwrap_or_default();
                if kept != text {
                    return Err(format!(
                        "{} is not what the code says; run `pcmock openapi`",
                        file.display()
                    ));
                }
                continue;
            }
            std::fs::create_dir_all(&self.dir)
                .and_then(|()| std::fs::write(&file, text))
                .map_err(|error| format!("{}: {error}", file.display()))?;
            println!("{}", file.display());
        }
        Ok(())
    }
}
