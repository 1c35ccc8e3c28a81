//! The folder that a server serves, and its configuration.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The file that is downloaded.
pub(crate) const FILE: &str = "large.bin";
/// Its bytes.
pub(crate) const FILE_SIZE: u64 = 48 << 20;
/// One that is downloaded many times.
pub(crate) const SMALL: &str = "small.bin";
/// Its bytes.
pub(crate) const SMALL_SIZE: u64 = 4 << 10;

/// A site in `folder`: a large and a small file for anonymous users. Returns the path of the configuration.
pub(crate) fn make(folder: &Path) -> Result<PathBuf> {
    let root = folder.join("root");
    fs::create_dir_all(&root).context("cannot make a site")?;
    let mut file = File::create(root.join(FILE)).context("cannot make a site")?;
    let block: Vec<u8> = (0..1_u32 << 20).map(|at| ((at * 31) >> 3) as u8).collect();
    for _ in 0..FILE_SIZE >> 20 {
        file.write_all(&block).context("cannot make a site")?;
    }
    fs::write(root.join(SMALL), &block[..SMALL_SIZE as usize]).context("cannot make a site")?;
    let settings = format!(
        "listen_port=0\nport_file={}\nanon_root={}\nlocal_enable=NO\nxferlog_enable=NO\n\
         max_clients=1000\nmax_per_ip=1000\n",
        port_file(folder).display(),
        root.display()
    );
    let path = folder.join("ftpd.conf");
    fs::write(&path, settings).context("cannot write a configuration")?;
    Ok(path)
}

/// Where a server writes its port.
pub(crate) fn port_file(folder: &Path) -> PathBuf {
    folder.join("port")
}
