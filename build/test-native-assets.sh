#!/usr/bin/env bash
# Tests build/NativeAssets.targets in a made-up repository: which file is chosen, what is said, what is copied.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false DOTNET_NOLOGO=1
unset CARGO_TARGET_DIR MetranaNativeDir
cd "$tree"
mkdir -p native/engine/src native/engine/tests runtimes/linux-x64/native target/debug target/release src/Carrier src/User
cp -r "$here" build
echo '<Project/>' > Directory.Build.props
echo workspace > Cargo.toml; echo lock > Cargo.lock; echo 'fn a() {}' > native/engine/src/a.rs; echo 'fn b() {}' > native/engine/src/b.rs
echo test > native/engine/tests/t.rs
asset=runtimes/linux-x64/native/libmetrana_native.so
program=runtimes/linux-x64/native/metrana-server
echo committed > $asset; echo program > $program; chmod 755 $asset $program
cat > src/Carrier/Carrier.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
    <UseMetranaNativeLibrary>true</UseMetranaNativeLibrary>
    <UseMetranaServerProgram>true</UseMetranaServerProgram>
  </PropertyGroup>
  <Import Project="../../build/NativeAssets.targets" />
</Project>
X
cat > src/User/User.csproj <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><ProjectReference Include="../Carrier/Carrier.csproj" /></ItemGroup>
</Project>
X

describe() { # what build/native.sh records
  sha256sum Cargo.lock Cargo.toml native/engine/src/*.rs > runtimes/sources.sha256
  for f in $asset $program; do echo "\"sha256\": \"$(sha256sum $f | cut -d' ' -f1)\""; done > runtimes/manifest.json
}
cargo_build() { # PROFILE SOURCE...: a build of those sources, as cargo leaves it
  local profile=$1; shift
  echo "$profile" > "target/$profile/libmetrana_native.so"
  { printf '%s/target/%s/libmetrana_native.so:' "$tree" "$profile"; printf ' %s' "${@// /\\ }"; echo; } > "target/$profile/libmetrana_native.d"
}
chosen() { dotnet msbuild src/Carrier/Carrier.csproj -nologo -v:q -t:MetranaNativeAssets -getProperty:MetranaNativeLibrary "$@" 2>&1; }
failures=0
expect() { # WHAT WANTED GOT
  case $3 in *"$2"*) echo "ok: $1" ;; *) echo "FAILED: $1: wanted '$2' in '$3'"; failures=$((failures + 1)) ;; esac
}
expect_not() { case $3 in *"$2"*) echo "FAILED: $1: '$2' in '$3'"; failures=$((failures + 1)) ;; *) echo "ok: $1" ;; esac; }
a=$tree/native/engine/src/a.rs b=$tree/native/engine/src/b.rs

describe
got=$(chosen)
expect "without a cargo build, the committed file" "$tree/$asset" "$got"
expect_not "committed files that match are no news" METRANA "$got"

echo more >> native/engine/tests/t.rs
expect_not "tests are no sources of the library" METRANA "$(chosen)"

mkdir -p native/engine/page/src native/engine/page/node_modules native/engine/page/dist
echo more > native/engine/page/src/main.ts; echo more > native/engine/page/node_modules/x.js
expect_not "neither are those of a page, nor what npm brings" METRANA "$(chosen)"
echo more > native/engine/page/dist/page.js
expect "the page as it is embedded is one" "native/engine/page/dist/page.js" "$(chosen)"
rm -r native/engine/page

cargo_build debug "$a" "$b"
expect "a debug build that is up to date" "$tree/target/debug/libmetrana_native.so" "$(chosen)"
expect "the configuration Release takes no debug build" "$tree/$asset" "$(chosen -p:Configuration=Release)"

cargo_build release "$a" "$b"; cargo_build debug "$a" "$b"
expect "release before debug" "$tree/target/release/libmetrana_native.so" "$(chosen)"

touch -d '1 hour ago' "$a" "$b"; touch -d '2 hours ago' target/release/libmetrana_native.so
expect "a release build older than a source gives way to debug" "$tree/target/debug/libmetrana_native.so" "$(chosen)"

touch -d '2 hours ago' target/debug/libmetrana_native.so
expect "both older than a source: the committed file" "$tree/$asset" "$(chosen)"

spaced="$tree/native/engine/src/a name.rs"; echo 'fn c() {}' > "$spaced"; cargo_build debug "$a" "$spaced"
expect "a source with a blank in its name" "$tree/target/debug/libmetrana_native.so" "$(chosen)"
rm "$spaced"
expect "a source that is gone" "$tree/$asset" "$(chosen)"

echo 'fn a() { changed }' > "$a"
got=$(chosen)
expect "changed sources are told" "warning METRANA001" "$got"
expect "by name" "native/engine/src/a.rs" "$got"
expect_not "and the others are not" "native/engine/src/b.rs" "$got"
echo 'fn d() {}' > native/engine/src/d.rs; describe; rm native/engine/src/d.rs
expect "a source that went is told" "native/engine/src/d.rs" "$(chosen)"
describe
echo tampered >> $asset
expect "a file that the manifest does not describe is told" "is not the file that runtimes/manifest.json describes" "$(chosen)"
describe

mkdir other; echo other > other/libmetrana_native.so; echo other > other/metrana-server
expect "a folder that is named comes first" "$tree/other/libmetrana_native.so" "$(chosen -p:MetranaNativeDir="$tree/other")"
rm other/metrana-server
expect "and has to hold both files" "error METRANA002" "$(chosen -p:MetranaNativeDir="$tree/other" || true)"

dotnet build src/User/User.csproj -nologo -v:q
copy=src/User/bin/Debug/net10.0/$asset
expect "a referencing project gets the library" committed "$(cat "$copy")"
expect "and the program, still executable" yes "$([ -x "src/User/bin/Debug/net10.0/$program" ] && echo yes)"
touch -d '1 hour ago' "$a" "$b"; cargo_build debug "$a" "$b"
dotnet build src/User/User.csproj -nologo -v:q --no-restore
expect "a fresh build replaces it" debug "$(cat "$copy")"
touch -d '2 hours ago' target/debug/libmetrana_native.so
dotnet build src/User/User.csproj -nologo -v:q --no-restore
expect "and goes again when it is stale, though the committed file is older" committed "$(cat "$copy")"

mv runtimes/linux-x64 gone
got=$(chosen || true)
expect "nothing at all is an error" "error METRANA002" "$got"
expect "that says what to do" "cargo build --release -p metrana-capi" "$got"
expect_not "unless nothing is wanted" METRANA "$(chosen -p:UseMetranaNativeLibrary=false -p:UseMetranaServerProgram=false)"

[ $failures = 0 ] || { echo "test-native-assets.sh: $failures failed"; exit 1; }
echo "test-native-assets.sh: all passed"
