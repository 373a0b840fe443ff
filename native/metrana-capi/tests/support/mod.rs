//! What the tests of the shared library share: where it is, and C programs that use it.

#![allow(dead_code, reason = "each test uses a part of this")]

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

pub mod server;

/// How long a program may take, valgrind included, on a machine that does other things.
const PATIENCE: Duration = Duration::from_mins(5);

/// The folder of this crate.
pub fn home() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where the tests may write.
pub fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// The file name of the library on Linux, which is where these tests run.
pub const LIBRARY: &str = "libmetrana_native.so";

/// The folder with the library that cargo built for this test: the one beside the test itself.
pub fn library_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.parent().expect("a test lies in a folder").to_owned();
    assert!(folder.join(LIBRARY).is_file(), "no {LIBRARY} in {}", folder.display());
    folder
}

/// The library once more, with other features, in a target folder of its own: the two must not overwrite each other.
/// Built the first time it is asked for.
pub fn built_with(name: &str, features: &[&str]) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    let target = scratch().parent().expect("the scratch folder lies in a target folder").join(name);
    let output = Command::new(env!("CARGO"))
        .args(["build", "--locked", "--package", "metrana-capi", "--lib", "--no-default-features"])
        .args(["--features", &features.join(",")])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(home())
        // Which would put it into a folder of that name.
        .env_remove("CARGO_BUILD_TARGET")
        .stdin(Stdio::null())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "cargo: {}", String::from_utf8_lossy(&output.stderr));
    let folder = target.join("debug");
    assert!(folder.join(LIBRARY).is_file(), "cargo built no {LIBRARY} in {}", folder.display());
    folder
}

/// The library with the allocator of the system. jemalloc takes its memory from the kernel and so hides every leak
/// and every overrun from the tools that look for them.
pub fn system_allocator_folder() -> PathBuf {
    built_with("system-allocator", &[])
}

/// Runs a compiler that has to succeed.
pub fn compile(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}

/// What watches a program for leaks and for memory that is not its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checker {
    Valgrind,
    AddressSanitizer,
}

impl Checker {
    /// valgrind where it is installed, else the compiler's sanitizer. `METRANA_CHECKER` says otherwise.
    pub fn of_this_machine() -> Self {
        match std::env::var("METRANA_CHECKER").as_deref() {
            Ok("valgrind") => Self::Valgrind,
            Ok("asan") => Self::AddressSanitizer,
            Ok(other) => panic!("METRANA_CHECKER is '{other}', expected valgrind or asan"),
            Err(_) if Command::new("valgrind").arg("--version").output().is_ok() => Self::Valgrind,
            Err(_) => Self::AddressSanitizer,
        }
    }
}

/// What a checker ends a program with that did something wrong. No program here ends with it of its own.
pub const CAUGHT: i32 = 99;

/// A compiled C program, and how to run it.
pub struct Program {
    path: PathBuf,
    checker: Option<Checker>,
}

impl Program {
    /// Compiles `tests/c/<name>.c` against the header and the library as it is shipped.
    pub fn shipped(name: &str) -> Self {
        Self::new(name, &library_folder(), None)
    }

    /// Against the library with the allocator of the system.
    pub fn with_system_allocator(name: &str) -> Self {
        Self::new(name, &system_allocator_folder(), None)
    }

    /// The same, to be run under a checker.
    pub fn watched(name: &str) -> Self {
        Self::new(name, &system_allocator_folder(), Some(Checker::of_this_machine()))
    }

    fn new(name: &str, library: &Path, checker: Option<Checker>) -> Self {
        // Tests run side by side, and a file that runs cannot be written.
        static MADE: AtomicU32 = AtomicU32::new(0);
        let path = scratch().join(format!("{name}-{}", MADE.fetch_add(1, Ordering::Relaxed)));
        let mut command = c_compiler();
        if checker == Some(Checker::AddressSanitizer) {
            command.args(["-fsanitize=address", "-fno-omit-frame-pointer"]);
        }
        command.arg(home().join("tests/c").join(name).with_extension("c")).arg("-o").arg(&path);
        command
            .arg("-L")
            .arg(library)
            .arg("-lmetrana_native")
            .arg(format!("-Wl,-rpath,{}", library.display()));
        compile(&mut command);
        Self { path, checker }
    }

    /// Starts it, with its output in a pipe.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut command = match self.checker {
            Some(Checker::Valgrind) => {
                let mut command = Command::new("valgrind");
                // Fair, because it runs one thread at a time, and one that waits in a loop would keep the others out.
                command.args(["--quiet", "--fair-sched=yes"]);
                command.args(["--leak-check=full", "--show-leak-kinds=definite,indirect"]);
                // What is still reachable belongs to the network thread, which lives as long as the process, and
                // what is possibly lost is what only its stack or a pointer into the middle of a block leads to.
                command.args(["--errors-for-leak-kinds=definite,indirect", "--num-callers=30"]);
                command.arg(format!("--error-exitcode={CAUGHT}")).arg(&self.path);
                command
            }
            Some(Checker::AddressSanitizer) => {
                let mut command = Command::new(&self.path);
                command.env("ASAN_OPTIONS", format!("detect_leaks=1:exitcode={CAUGHT}"));
                command.env("LSAN_OPTIONS", format!("exitcode={CAUGHT}"));
                command
            }
            None => Command::new(&self.path),
        };
        // cargo sets it for its tests, and it would go before the library that the program was linked with.
        let child = command
            .env_remove("LD_LIBRARY_PATH")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        Running::watched(child)
    }

    /// Runs it to its end, which has to be a good one. Answers with what it said.
    pub fn run(&self, arguments: &[&str]) -> String {
        self.start(arguments).finish()
    }
}

/// The compiler, with every warning an error.
pub fn c_compiler() -> Command {
    let mut command = Command::new(std::env::var_os("CC").unwrap_or_else(|| "cc".into()));
    command.args([
        "-std=c11",
        "-D_POSIX_C_SOURCE=200809L",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-g",
        "-O1",
        "-pthread",
    ]);
    command.arg("-I").arg(home().join("include")).arg("-I").arg(home().join("tests/c"));
    command
}

/// A program that runs. It is killed when its time is over, and when the test gives up on it.
pub struct Running {
    child: Child,
    /// Dropped at its end, which sends the watchdog home.
    ended: Option<Sender<()>>,
    watchdog: Option<JoinHandle<InTime>>,
}

/// Whether a program ended of its own.
type InTime = bool;

impl Running {
    fn watched(child: Child) -> Self {
        let number = child.id().to_string();
        let (ended, told) = channel::<()>();
        let watchdog = std::thread::spawn(move || {
            let in_time = told.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout);
            if !in_time {
                // Nobody has waited for the program yet, so the number is still its own.
                let _ = Command::new("kill").args(["-KILL", &number]).status();
            }
            in_time
        });
        Self { child, ended: Some(ended), watchdog: Some(watchdog) }
    }

    /// Waits until the program has said this line, reading past others.
    pub fn hear(&mut self, line: &str) {
        // Byte by byte: a buffered reader would swallow what `finish` wants to see.
        let output = self.child.stdout.as_mut().expect("its output is piped");
        let mut heard = Vec::new();
        let mut byte = [0];
        while output.read(&mut byte).expect("a pipe can be read") == 1 {
            if byte[0] != b'\n' {
                heard.push(byte[0]);
            } else if heard == line.as_bytes() {
                return;
            } else {
                heard.clear();
            }
        }
        panic!("the program ended without saying '{line}'");
    }

    /// Waits for its end, good or bad.
    pub fn end(mut self) -> Output {
        let stderr = read_all(self.child.stderr.take().expect("its errors are piped"));
        let stdout = read_all(self.child.stdout.take().expect("its output is piped"));
        let (stdout, stderr) = (stdout.join().expect("reads"), stderr.join().expect("reads"));
        drop(self.ended.take());
        let in_time = self.watchdog.take().is_none_or(|watchdog| watchdog.join().expect("watches"));
        let status = self.child.wait().expect("a child can be waited for");
        let said = [&stdout, &stderr].map(|text| String::from_utf8_lossy(text)).concat();
        assert!(in_time, "not at its end after {PATIENCE:?}; it said:\n{said}");
        Output { status, stdout, stderr }
    }

    /// Waits for its end, which has to be a good one, and answers with what it said.
    pub fn finish(self) -> String {
        let output = self.end();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}; it said:\n{said}{complained}", output.status);
        said
    }
}

fn read_all(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        pipe.read_to_end(&mut text).expect("a pipe can be read");
        text
    })
}

impl Drop for Running {
    fn drop(&mut self) {
        // In vain where it has ended already. The watchdog goes first, so that it never meets a number that is free.
        drop(self.ended.take());
        drop(self.watchdog.take().map(JoinHandle::join));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `readelf` says about a file.
pub fn readelf(arguments: &[&str], file: &Path) -> String {
    let output =
        Command::new("readelf").args(arguments).arg("-W").arg(file).output().expect("readelf starts");
    assert!(output.status.success(), "readelf {}", file.display());
    String::from_utf8(output.stdout).expect("readelf writes text")
}

/// The flags in the dynamic section of a file.
pub fn dynamic_flags(file: &Path) -> Vec<String> {
    let section = readelf(&["-d"], file);
    let flags = section.lines().filter(|line| line.contains("(FLAGS)") || line.contains("(FLAGS_1)"));
    flags.flat_map(|line| line.split_whitespace().skip(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}
