//! Static libraries with recorded members.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use object::read::archive::ArchiveFile;

use super::slim;
use super::toolchain::Toolchain;

/// A library with at least one recorded member.
pub(crate) struct Archive {
    /// As the linker is told.
    pub(crate) path: PathBuf,
    /// In order.
    pub(crate) members: Vec<Member>,
}

/// One member.
pub(crate) struct Member {
    /// Its name in the archive; several members may share one.
    pub(crate) name: String,
    /// The object.
    pub(crate) bytes: Vec<u8>,
    /// There is a recorded unit in it.
    pub(crate) recorded: bool,
}

/// Reads an archive; none if the file is none, or has no recorded member.
///
/// # Errors
/// If a member cannot be read.
pub(crate) fn read(path: &Path, bytes: &[u8]) -> Result<Option<Archive>> {
    let Ok(file) = ArchiveFile::parse(bytes) else {
        return Ok(None);
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut members = Vec::new();
    for member in file.members() {
        let member = member?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        let bytes = if member.is_thin() {
            let path = folder.join(&name);
            // Reading a pipe or a terminal might never end.
            let odd = fs::metadata(&path).is_ok_and(|found| !found.is_file());
            ensure!(!odd, "{} is no ordinary file", path.display());
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?
        } else {
            member.data(bytes)?.to_vec()
        };
        let recorded = slim::is_recorded(&bytes);
        members.push(Member {
            name,
            bytes,
            recorded,
        });
    }
    let ours = members.iter().any(|member| member.recorded);
    Ok(ours.then(|| Archive {
        path: path.to_owned(),
        members,
    }))
}

impl Archive {
    /// Which members a link takes, by the linker's own trace. Where members share a name and the
    /// trace has it, all of them count.
    pub(crate) fn taken(&self, trace: &str) -> Vec<bool> {
        let path = self.path.display();
        let folder = self.path.parent().unwrap_or(Path::new(""));
        let named = |name: &str| {
            [
                format!("({path}){name}"),
                format!("{path}({name})"),
                folder.join(name).display().to_string(),
            ]
        };
        let lines: BTreeMap<&str, ()> = trace.lines().map(|line| (line.trim(), ())).collect();
        let taken = |member: &Member| {
            named(&member.name)
                .iter()
                .any(|it| lines.contains_key(&**it))
        };
        self.members.iter().map(taken).collect()
    }

    /// Writes the library anew to `path`, with `objects` in place of the members at their
    /// positions.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn rebuild(
        &self,
        tools: &Toolchain,
        path: &Path,
        objects: &BTreeMap<usize, PathBuf>,
    ) -> Result<()> {
        let folder = path.with_extension("members");
        let mut files = Vec::new();
        for (position, member) in self.members.iter().enumerate() {
            if let Some(object) = objects.get(&position) {
                files.push(object.clone());
                continue;
            }
            let folder = folder.join(position.to_string());
            fs::create_dir_all(&folder).context("cannot make a temporary folder")?;
            // A thin archive's names are paths; what counts in a message is the file's name.
            let name = Path::new(&member.name)
                .file_name()
                .unwrap_or("member".as_ref());
            let file = folder.join(name);
            fs::write(&file, &member.bytes).context("cannot write a temporary file")?;
            files.push(file);
        }
        // `q` keeps members that share a name, `D` writes no times and owners.
        let mut ar = Command::new(tools.query("-print-prog-name=ar")?);
        let status = ar
            .arg("qcsD")
            .arg(path)
            .args(files)
            .status()
            .context("cannot run ar")?;
        if !status.success() {
            bail!("ar failed ({status})");
        }
        Ok(())
    }
}
