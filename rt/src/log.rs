//! `GINSENG_LOG`: a line for each update and each refusal, to stderr or a file. Silent otherwise.

use core::ffi::CStr;

use ginseng_abi::control::Answer;

use crate::family::own;
use crate::sys::{self, File};
use crate::text::Buffer;

type Line = Buffer<512>;

/// An update is in.
pub(crate) fn applied(label: &[u8], point: &[u8], pause: u64) {
    line(|line| {
        line.push(b"applied ")
            .push(label.split(|byte| *byte == 0).next().unwrap_or_default());
        line.push(b" at ")
            .push(point)
            .push(b" in ")
            .push_number(pause / 1000)
            .push(b" us");
    });
}

/// A patch was refused; the answer's number is the one in the control file.
pub(crate) fn refused(answer: Answer, detail: &[u8]) {
    line(|line| {
        line.push(b"refused, answer ")
            .push_number(answer as u64)
            .push(b" ");
        line.push(detail.split(|byte| *byte == 0).next().unwrap_or_default());
    });
}

fn line(write: impl FnOnce(&mut Line)) {
    let log = own().log.get();
    let log = CStr::from_bytes_until_nul(&log).unwrap_or_default();
    if log.is_empty() {
        return;
    }
    let mut line = Line::new();
    line.push(b"ginseng[")
        .push_number(u64::from(sys::pid()))
        .push(b"]: ");
    write(&mut line);
    let mut end = Buffer::<2>::new();
    end.push(b"\n");
    if log == c"stderr" {
        sys::write(2, line.bytes());
        sys::write(2, end.bytes());
    } else {
        let flags =
            libc::O_WRONLY | libc::O_APPEND | libc::O_CREAT | libc::O_NOFOLLOW | libc::O_NONBLOCK;
        if let Ok(file) = File::open(None, log, flags) {
            file.write(line.bytes());
            file.write(end.bytes());
        }
    }
}
