using System.Runtime.Versioning;

// Signals, execute bits and shell scripts: these tests are for Unix.
[assembly: UnsupportedOSPlatform("windows")]
