#!/usr/bin/env bash
# Uses the packages of artifacts/packages as a newcomer does: a new console project in an empty folder, nothing of this
# checkout, no Rust. Each program starts the local server from the package, logs to it and reads back what it logged.
#
#   build/smoke.sh [CASE...]     without a name: all of them. Cases:
#     run             dotnet run; the server's program has lost its execute bit, as a restore may leave it
#     portable        a publish for no particular platform, which has the native files of all of them
#     self-contained  with the runtime; single-file: in one file with it; trimmed: without what is not used (all net10.0)
#     aot-net8.0      compiled to one native program; so aot-net10.0
#     aot-static-net8.0, aot-static-net10.0   the same with the engine inside it (Metrana.Native.Static)
#     host-trimmed, host-aot-net8.0, host-aot-net10.0   all packages in a generic host, trimmed and compiled
#     readme          the first program of the README, as it stands
#     tool            dotnet tool install; lists what the programs before logged
#     others          the platforms that are not this one: a program in C that logs to the platform's own server, where
#                     METRANA_RUN_<rid> says how to run it, else what the files say of themselves (build/native-floors.sh)
#
# It prints what ran, and writes the table into artifacts/smoke.md. NativeAOT takes minutes and needs a linker (clang or gcc).
#
# METRANA_RUN_<rid>   the command that runs a program of that platform, with _ for - in it: METRANA_RUN_linux_arm64="qemu-aarch64-static -L DIR"
# METRANA_NET_<rid>   the same for programs of .NET, which wants more of an emulator: with it a self-contained one is tried too
#                     (linux-musl-x64 on linux-x64 needs neither where musl-tools is installed; wine must have its mscoree)
# METRANA_CC_<rid>    the C compiler for it, default bin/cc-<target> of METRANA_CROSS_PREFIX (build/native.sh)
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
rid=$(dotnet --info | sed -nE 's/^ *RID: *([^ ]+).*/\1/p')
die() { echo "smoke.sh: $*" >&2; exit 1; }

shopt -s nullglob
packed=("$root"/artifacts/packages/Metrana.Native.[0-9]*.nupkg)
[ ${#packed[@]} = 1 ] || die "artifacts/packages holds ${#packed[@]} packages Metrana.Native; build/pack.sh makes one"
version=$(basename "${packed[0]}" .nupkg); version=${version#Metrana.Native.}

scratch=$(mktemp -d)
server_data=$scratch/runs
end_server() { # DATA: the one that the programs left running; under an emulator its process has another number here
  local said=$1/server.json
  [ -f "$said" ] || return 0
  curl -fsS -X POST -H "Authorization: Bearer $(sed -nE 's/.*"key":"([^"]*)".*/\1/p' "$said")" \
    "$(sed -nE 's/.*"http":"([^"]*)".*/\1/p' "$said")/api/v1/server/stop" >/dev/null || true
}
end() {
  for one in "$scratch"/*/server.json; do end_server "$(dirname "$one")"; done
  rm -rf "$scratch"
}
trap end EXIT
export METRANA_SERVER_DATA=$server_data
# Packages of the same version may have been here before, so ours are unpacked again. Those of others may come from the cache.
usual=${NUGET_PACKAGES:-$HOME/.nuget/packages}
export NUGET_PACKAGES=$scratch/packages
cat > "$scratch/nuget.config" <<XML
<configuration>
  <packageSources><add key="smoke" value="$root/artifacts/packages" /></packageSources>
  <fallbackPackageFolders>$([ -d "$usual" ] && echo "<add key=\"usual\" value=\"$usual\" />")</fallbackPackageFolders>
</configuration>
XML

# A new console project there, with the package Metrana and whatever else is said.
project() { # NAME FRAMEWORK PROGRAM [ITEM...]
  local name=$1 framework=$2 program=$3; shift 3
  mkdir -p "$scratch/$name"
  cp "$program" "$scratch/$name/Program.cs"
  cat > "$scratch/$name/$name.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>$framework</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
    $(package Metrana)
$(printf '    %s\n' "$@")
  </ItemGroup>
</Project>
XML
}
package() { # NAME [VERSION]: ours is the one that was packed
  echo "<PackageReference Include=\"$1\" Version=\"${2:-$version}\" />"
}
alone=$root/build/smoke/alone.cs

table=()
row() { table+=("$(printf '| %-20s | %-9s | %-36s | %8s | %5s s |' "$1" "$2" "$3" "$4" "$5")"); }
# Runs a program and shows what it prints. Not through a pipe: on Windows a server that the program leaves running keeps the
# program's streams, and a pipe would not end before it.
shown() { # NAME COMMAND...
  local name=$1 passed=yes; shift
  (cd "$scratch" && "$@") >"$scratch/$name.out" 2>&1 || passed=
  cat "$scratch/$name.out"
  [ "$passed" ] || die "$name: the program failed"
}
# Runs a program that ends with "read back".
read_back() { # NAME COMMAND...
  shown "$@" "$1"
  # Programs for Windows end a line their own way.
  tr -d '\r' <"$scratch/$1.out" | grep -cx 'read back' >/dev/null || die "$1: it did not read back what it logged"
}
dotnet_quietly() { # NAME COMMAND...: no warning may come out of it
  local name=$1; shift
  dotnet "$@" >"$scratch/$name.log" 2>&1 || { tail -30 "$scratch/$name.log" >&2; die "$name: dotnet $1 failed"; }
  if grep -E '(^|: )warning ' "$scratch/$name.log" >&2; then die "$name: dotnet $1 warned"; fi
}
published() { # NAME FRAMEWORK WHAT PROPERTY...
  local name=$1 framework=$2 what=$3 began=$SECONDS; shift 3
  [ -d "$scratch/$name" ] || project "$name" "$framework" "$alone"
  dotnet_quietly "$name" publish "$scratch/$name" -c Release -r "$rid" -o "$scratch/$name/out" "$@"
  read_back "$name" "$scratch/$name/out/$name"
  row "$name" "$framework" "$what" "$(du -sh "$scratch/$name/out" | cut -f1)" $((SECONDS - began))
}

case_run() {
  local began=$SECONDS program
  project run net10.0 "$alone"
  dotnet_quietly run build "$scratch/run"
  program=$(find "$scratch/run/bin" -name 'metrana-server*' -type f)
  [ "$(grep -c . <<<"$program")" = 1 ] || die "run: a build copies the files of this machine alone, and there are: $program"
  chmod a-x "$program"
  read_back run dotnet run --no-build --project "$scratch/run" --
  row run net10.0 "dotnet run, no execute bit" "$(du -sh "$scratch/run/bin" | cut -f1)" $((SECONDS - began))
}
case_portable() {
  local began=$SECONDS count
  project portable net10.0 "$alone"
  dotnet_quietly portable publish "$scratch/portable" -c Release -o "$scratch/portable/out" -p:UseAppHost=false
  count=$(find "$scratch/portable/out/runtimes" -name 'metrana-server*' | wc -l)
  [ "$count" = "$(unzip -Z1 "$root/artifacts/packages/Metrana.Server.$version.nupkg" | grep -cE '^runtimes/.*metrana-server')" ] ||
    die "portable: $count programs of the server, and the package has others"
  read_back portable dotnet "$scratch/portable/out/portable.dll"
  row portable net10.0 "publish for $count platforms" "$(du -sh "$scratch/portable/out" | cut -f1)" $((SECONDS - began))
}
case_self-contained() { published self-contained net10.0 "publish with the runtime" --self-contained; }
case_single-file() { published single-file net10.0 "publish as one file" --self-contained -p:PublishSingleFile=true; }
case_trimmed() { published trimmed net10.0 "publish, trimmed" --self-contained -p:PublishTrimmed=true; }
# The linker is called through a C compiler, and any will do.
aot() { # NAME FRAMEWORK WHAT
  published "$@" -p:PublishAot=true -p:InvariantGlobalization=true "-p:CppCompilerAndLinker=$(command -v clang >/dev/null && echo clang || echo gcc)"
}
case_aot-net8.0() { aot aot-net8.0 net8.0 "NativeAOT"; }
case_aot-net10.0() { aot aot-net10.0 net10.0 "NativeAOT"; }
aot_static() { # FRAMEWORK
  local name=aot-static-$1 beside
  project "$name" "$1" "$alone" "$(package Metrana.Native.Static)"
  aot "$name" "$1" "NativeAOT, the engine inside"
  beside=$(cd "$scratch/$name/out" && find . -type f ! -name "$name" ! -name "$name.dbg" ! -name metrana-server)
  [ -z "$beside" ] || die "$name: only the server may be a file of its own, and there is $beside"
}
case_aot-static-net8.0() { aot_static net8.0; }
case_aot-static-net10.0() { aot_static net10.0; }
# All packages in one program. What it does not use of them is kept too, so that a warning about any of it would be seen.
host() { # NAME FRAMEWORK
  local one items=()
  for one in Metrana.Hosting Metrana.Extensions.Logging Metrana.MLflow Metrana.MLflow.Traces Metrana.Syvain Metrana.TensorBoard; do
    items+=("$(package "$one")" "<TrimmerRootAssembly Include=\"$one\" />")
  done
  project "$1" "$2" "$root/build/smoke/host.cs" "${items[@]}" "$(package Microsoft.Extensions.Hosting 10.0.14)"
}
case_host-trimmed() { host host-trimmed net10.0; published host-trimmed net10.0 "all packages, trimmed" --self-contained -p:PublishTrimmed=true; }
case_host-aot-net8.0() { host host-aot-net8.0 net8.0; aot host-aot-net8.0 net8.0 "all packages, NativeAOT"; }
case_host-aot-net10.0() { host host-aot-net10.0 net10.0; aot host-aot-net10.0 net10.0 "all packages, NativeAOT"; }
case_readme() {
  local began=$SECONDS
  awk '/^```csharp/{on=1; next} /^```/{if (on) exit} on' README.md > "$scratch/readme.cs"
  grep -q 'using Metrana' "$scratch/readme.cs" || die "readme: its first program was not found"
  project readme net10.0 "$scratch/readme.cs"
  dotnet_quietly readme build "$scratch/readme"
  shown readme dotnet run --no-build --project "$scratch/readme"
  grep -q 'http://127.0.0.1:' "$scratch/readme.out" || die "readme: it did not say where to look"
  row readme net10.0 "the README's first program" "$(du -sh "$scratch/readme/bin" | cut -f1)" $((SECONDS - began))
}
case_tool() {
  local began=$SECONDS
  (cd "$scratch" && dotnet_quietly tool tool install Metrana.Tool --tool-path "$scratch/tools" --version "$version")
  shown tool sh -c '"$0" version && "$0" ls' "$scratch/tools/metrana"
  grep -q "$version" "$scratch/tool.out" || die "tool: it does not say its version, $version"
  row tool net10.0 "dotnet tool install" "$(du -sh "$scratch/tools" | cut -f1)" $((SECONDS - began))
}

rid_field() { sed -nE "s/.*<MetranaRid Include=\"$1\" .*$2=\"([^\"]*)\".*/\1/p" "$root/build/rids.props"; }
case_others() {
  local other variable files
  mapfile -t others < <(unzip -Z1 "${packed[0]}" | sed -nE 's#^runtimes/([^/]+)/native/.*#\1#p' | sort -u | grep -vx "$rid")
  [ ${#others[@]} -gt 0 ] || { row others - "the packages are for $rid alone" - 0; return; }
  # Where musl's loader is installed, its programs run as they are; those of .NET need a little more.
  if [ "$rid" = linux-x64 ] && [ -x /lib/ld-musl-x86_64.so.1 ]; then
    METRANA_RUN_linux_musl_x64=${METRANA_RUN_linux_musl_x64:-env}
    if [ -z "${METRANA_NET_linux_musl_x64:-}" ] && build/smoke/musl.sh "$scratch/musl"; then
      METRANA_NET_linux_musl_x64=$scratch/musl/dotnet-on-musl
    fi
  fi
  for other in "${others[@]}"; do
    files=$scratch/others/$other
    mkdir -p "$files"
    unzip -qoj "${packed[0]}" "runtimes/$other/native/*" -d "$files"
    unzip -qoj "$root/artifacts/packages/Metrana.Server.$version.nupkg" "runtimes/$other/native/*" -d "$files"
    variable=METRANA_RUN_${other//-/_}
    if [ -n "${!variable:-}" ]; then other_run "$other" "$files" ${!variable}; else other_checked "$other" "$files"; fi
    variable=METRANA_NET_${other//-/_}
    if [ -n "${!variable:-}" ]; then other_net "$other" ${!variable}; fi
  done
}
other_net() { # RID RUNNER...
  local other=$1 name=net-$1 ending='' began=$SECONDS; shift
  case $other in win-*) ending=.exe ;; esac
  project "$name" net10.0 "$alone"
  dotnet_quietly "$name" publish "$scratch/$name" -c Release -r "$other" --self-contained -p:InvariantGlobalization=true -o "$scratch/$name/out"
  # With a server of that platform, and not the one that the programs before have started.
  METRANA_SERVER_DATA=$scratch/$name-runs read_back "$name" "$@" "$scratch/$name/out/$name$ending"
  end_server "$scratch/$name-runs"
  row "$other" net10.0 "publish with the runtime: $(basename "$1")" "$(du -sh "$scratch/$name/out" | cut -f1)" $((SECONDS - began))
}
other_checked() { # RID FILES: those of the packages, read by other programs
  local began=$SECONDS
  mkdir -p "$scratch/checked/$1"
  ln -s "$2" "$scratch/checked/$1/native"
  METRANA_RUNTIMES=$scratch/checked "$root/build/native-floors.sh" "$1" || die "$1: the files do not keep what is promised"
  row "$1" - "read, not run" "$(du -shL "$2" | cut -f1)" $((SECONDS - began))
}
other_run() { # RID FILES RUNNER...: the program in C logs to the server of the package, both run by RUNNER
  local other=$1 files=$2 began=$SECONDS target variable cc server address run answer arguments=(); shift 2
  target=$(rid_field "$other" RustTarget)
  variable=METRANA_CC_${other//-/_}
  cc=${!variable:-${METRANA_CROSS_PREFIX:-$HOME/.cache/metrana-cross}/bin/cc-$target}
  case $target in *musl) arguments=(-dynamic -ldl) ;; *windows*) ;; *) arguments=(-ldl) ;; esac
  "$cc" -std=gnu11 -O1 -I"$root/native/metrana-capi/include" "$root/build/smoke/driver.c" -o "$files/driver.exe" "${arguments[@]}" ||
    die "$other: $cc does not compile the program in C"
  chmod a+x "$files/$(rid_field "$other" Program)"
  : > "$scratch/$other.out" # there to be read before the server is
  (cd "$files" && exec "$@" "./$(rid_field "$other" Program)" --in-memory --linger --listen 127.0.0.1:0 >"$scratch/$other.out" 2>"$scratch/$other.err" </dev/null) &
  server=$!
  for _ in $(seq 600); do
    address=$(sed -nE 's/.*"http":"(http:[^"]*)".*/\1/p' "$scratch/$other.out")
    [ -z "$address" ] || break
    kill -0 $server 2>/dev/null || die "$other: the server ended: $(cat "$scratch/$other.err")"
    sleep 0.1
  done
  [ -n "$address" ] || die "$other: the server does not listen"
  (cd "$files" && "$@" ./driver.exe "./$(rid_field "$other" Library)" "$address" "$other") || { kill $server; die "$other: the program failed"; }
  run=$(curl -fsS "$address/api/v1/runs?run_name=$other" | sed -nE 's/.*"run_id":"([^"]*)".*/\1/p')
  answer=$(curl -fsS "$address/api/v1/runs/$run/series/1/export?format=csv" | awk -F, 'NR > 1 { count++; sum += $3 } END { printf "%d points, %.4f\n", count, sum }')
  curl -fsS -X POST "$address/api/v1/server/stop" >/dev/null || kill $server
  wait $server || true
  # A thousand columns of a hundred: column + row / 128.
  [ "$answer" = "100000 points, 49988671.8750" ] || die "$other: it did not read back what it logged, but $answer"
  echo 'read back'
  row "$other" - "a program in C$([ "$1" = env ] || echo ": $(basename "$1")")" "$(du -sh "$files" | cut -f1)" $((SECONDS - began))
}

every=(run portable self-contained single-file trimmed aot-net8.0 aot-net10.0 aot-static-net8.0 aot-static-net10.0 host-trimmed host-aot-net8.0 host-aot-net10.0 readme tool others)
wanted=("$@")
[ ${#wanted[@]} -gt 0 ] || wanted=("${every[@]}")
for one in "${wanted[@]}"; do
  case $one in -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;; esac
  [[ " ${every[*]} " = *" $one "* ]] || die "there is no case '$one' (--help)"
done
for one in "${wanted[@]}"; do printf '\n=== %s\n' "$one"; "case_$one"; done
{
  printf 'Version %s on %s, with .NET %s:\n\n' "$version" "$rid" "$(dotnet --version)"
  printf '| %-20s | %-9s | %-36s | %8s | %7s |\n' case framework what size took
  printf '|---|---|---|---|---|\n'
  printf '%s\n' "${table[@]}"
} > artifacts/smoke.md
echo; cat artifacts/smoke.md
echo "smoke.sh: ${#wanted[@]} cases passed"
