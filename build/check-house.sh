#!/usr/bin/env bash
# Rules of the house that no compiler checks. Prints every breach; exit code 1 when there is one.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
breaches=0
breach() { echo "BREACH: $*"; breaches=$((breaches + 1)); }

# ---- scripts parse ------------------------------------------------------------------------------------------------
for script in .ci/run build/*.sh; do
  bash -n "$script" || breach "$script does not parse"
  [ -x "$script" ] || breach "$script is not executable"
done

# ---- workflows call the scripts that run here ------------------------------------------------------------------------
while IFS= read -r script; do
  [ -x "$script" ] || breach "a workflow calls $script, which is not there or not executable"
done < <(sed -nE 's/^ *(- )?(run: *)?((build|\.ci)\/[a-z\/-]+(\.sh)?)( .*|$)/\3/p' .github/workflows/*.yml | sort -u)

# ---- the README's quick start -------------------------------------------------------------------------------------
build/readme-commands.sh >/dev/null || breach "README.md: quick start"

# ---- no text names a place on somebody's machine ------------------------------------------------------------------
texts() { git ls-files --cached --others --exclude-standard | grep -vE '^runtimes/[^/]+/native/|^LICENSE$' | while IFS= read -r f; do if [ -f "$f" ]; then echo "$f"; fi; done; }
while IFS= read -r hit; do breach "a path of one machine: $hit"; done < <(
  texts | grep -v '^build/check-house.sh$' | tr '\n' '\0' | xargs -0 grep -nIE '(^|[^A-Za-z0-9_.])/(root|work|home/[a-z])[/"'"'"' ]|[A-Z]:\\Users\\' | cut -c1-160 || true)

# ---- nothing unfinished, skipped or sleeping ----------------------------------------------------------------------
while IFS= read -r hit; do breach "unfinished or skipped: $hit"; done < <(
  texts | grep -E '\.(rs|cs|c|h|proto|csproj|fsproj|props|targets)$' | tr '\n' '\0' |
    xargs -0 -r grep -nE '\b(TODO|FIXME|XXX|HACK)\b|todo!\(|unimplemented!\(|NotImplementedException|#\[ignore\]|(Fact|Theory)\(Skip' | cut -c1-160 || true)
while IFS= read -r hit; do breach "a test that sleeps: $hit"; done < <(
  texts | grep -E '^(tests/.*\.cs|native/[^/]*/tests/.*\.(rs|c))$' | tr '\n' '\0' |
    xargs -0 -r grep -nE 'Thread\.Sleep|thread::sleep|[^a-z_]u?sleep\(' | cut -c1-160 || true)
# The one pause that is allowed is that between two looks at a condition with a deadline.
while IFS= read -r hit; do breach "a test that waits for a time: $hit"; done < <(
  texts | grep -E '^tests/.*\.cs$' | grep -vE '^tests/Eventually\.cs$' | tr '\n' '\0' |
    xargs -0 -r grep -nE 'Task\.Delay' | cut -c1-160 || true)

# ---- unsafe only behind the C boundary ----------------------------------------------------------------------------
for lib in native/*/src/lib.rs; do
  case $lib in native/metrana-capi/*) continue ;; esac
  grep -q '^#!\[forbid(unsafe_code)\]' "$lib" || breach "$lib does not forbid unsafe code"
done
# The engine is called from one folder; what the system itself says of the machine is asked for in another.
while IFS= read -r hit; do breach "a native import outside src/Metrana.Native/Interop and src/Metrana/Machine: $hit"; done < <(
  texts | grep -E '^src/.*\.cs$' | grep -vE '^src/(Metrana.Native/Interop|Metrana/Machine)/' | tr '\n' '\0' |
    xargs -0 -r grep -nE 'LibraryImport|DllImport' | cut -c1-160 || true)

# ---- the engine's rooms: what is later in this order knows nothing of what is earlier ------------------------------
engine=native/metrana-ingestion-logger/src
order="begin call logger kinds deliver connect stage names wire points tell books config random clock errors"
while IFS= read -r hit; do breach "the engine: $hit"; done < <(
  texts | grep "^$engine/.*\.rs$" | grep -vE '/(lib|tests|gate_tests|schedules)\.rs$' | while IFS= read -r file; do
    awk -v order="$order" -v file="${file#"$engine"/}" '
      BEGIN { n = split(order, names, " "); for (i = 1; i <= n; i++) place[names[i]] = i
              room = file; sub(/\/.*|\.rs$/, "", room)
              if (!(room in place)) { print file " has no place in the order of the rooms"; exit } }
      /^#\[cfg\(test\)\]/ { exit }
      { sub(/\/\/.*/, "")
        while (match($0, /crate::[a-z_]+/)) {
          used = substr($0, RSTART + 7, RLENGTH - 7); $0 = substr($0, RSTART + RLENGTH)
          if (used in place && place[used] < place[room]) print file ":" FNR " uses " used ", which is above it"
        } }' "$file"
  done)

# ---- every direct dependency has its reason, and every reason its dependency ---------------------------------------
workspace_crates=$(awk '/^\[/{on=($0=="[workspace.dependencies]")} on && /^[a-z]/ && !/path *=/{print $1}' Cargo.toml native/fuzz/Cargo.toml | sort -u)
own_lines=$(awk '/^\[/{on=($0~/dependencies\]$/ && $0!="[workspace.dependencies]")} on && /^[A-Za-z]/ && !/workspace *= *true/{print FILENAME": "$0}' native/*/Cargo.toml)
[ -z "$own_lines" ] || breach "a dependency with a version of its own, not from [workspace.dependencies]: $own_lines"
for crate in $workspace_crates; do
  grep -qE "^$crate(\.workspace| *= *\{ *workspace)" native/*/Cargo.toml || breach "no crate uses '$crate' of [workspace.dependencies]"
done
packages=$(sed -nE 's/.*<PackageVersion Include="([^"]+)".*/\1/p' Directory.Packages.props | sort -u)
for package in $packages; do
  texts | grep -E '\.(csproj|fsproj|props|targets)$' | tr '\n' '\0' | xargs -0 grep -qE "<(Global)?PackageReference Include=\"$package\"" ||
    breach "no project uses the package '$package'"
done
documented=$(sed -nE 's/^\| `([^`]+)` \|.*/\1/p' docs/dependencies.md | sort -u)
npm_packages=$(awk '/^  "(devD|d)ependencies"/{on=1; next} /^  }/{on=0} on' native/metrana-server/page/package.json | sed -nE 's/^ *"([^"]+)":.*/\1/p')
used=$(printf '%s\n%s\n%s\n' "$workspace_crates" "$packages" "$npm_packages" | sort -u)
for name in $(comm -23 <(echo "$used") <(echo "$documented")); do breach "docs/dependencies.md has no row for '$name'"; done
for name in $(comm -13 <(echo "$used") <(echo "$documented")); do breach "docs/dependencies.md has a row for '$name', which is not a direct dependency"; done

# ---- the page's lock file names no registry ------------------------------------------------------------------------
! grep -q '"resolved"' native/metrana-server/page/package-lock.json || breach "the page's lock file names a registry"

# ---- links between the documents ----------------------------------------------------------------------------------
for doc in *.md docs/*.md; do
  while IFS= read -r link; do
    [ -e "$(dirname "$doc")/$link" ] || breach "$doc links to $link, which does not exist"
  done < <(grep -oE '\]\([^)# ]+' "$doc" | sed 's/^](//' | grep -v '://' | sort -u)
done

# ---- files that docs/architecture.md names ------------------------------------------------------------------------
# A path counts from the repository, or from the folder that the heading above it names.
named() {
  awk '
    /^#/ { base = ""; if (match($0, /`[^`]+`/)) base = substr($0, RSTART + 1, RLENGTH - 2) "/"; else if (/^## /) kept = ""
           if (base != "") kept = base }
    { line = $0
      while (match(line, /`[A-Za-z0-9_.\/-]+`/)) {
        name = substr(line, RSTART + 1, RLENGTH - 2); line = substr(line, RSTART + RLENGTH)
        if (name ~ /\.(rs|cs|h|md|sh|json|proto|toml)$/ || name ~ /\//) print kept, name
      } }' "$1" | sort -u
}
while read -r base name; do
  [ -n "$name" ] || { name=$base; base=""; }
  [ -e "$name" ] || [ -e "$base$name" ] || breach "docs/architecture.md names $name, which is neither in the repository's root nor in ${base:-any folder of its heading}"
done < <(named docs/architecture.md)

# What is named with its type is a function of that type, in one file with an implementation of it.
while IFS='|' read -r type function; do
  texts | grep -E '\.rs$' | tr '\n' '\0' | xargs -0 grep -lE "\bfn $function\b" | tr '\n' '\0' |
    xargs -0 -r grep -lE "^ *(pub(\([a-z]+\))? +)?(impl\b.*|trait +)\b$type\b" >/dev/null ||
    breach "docs/architecture.md names $type::$function, which no Rust file has"
done < <(grep -oE '`[A-Z][A-Za-z0-9]*::[a-z_0-9]+`' docs/architecture.md | sed -E 's/`([A-Za-z0-9]+)::([a-z_0-9]+)`/\1|\2/' | sort -u)

# ---- a file is one thing (a report, not a breach) -----------------------------------------------------------------
long=$(texts | grep -E '\.(rs|cs|c|proto|sh)$' | tr '\n' '\0' | xargs -0 -r wc -l | awk '$2!="total" && $1>500 {print "  "$1" "$2}' | sort -rn)
[ -z "$long" ] || printf 'over 500 lines (one thing each?):\n%s\n' "$long"

[ $breaches = 0 ] || { echo "check-house.sh: $breaches breaches"; exit 1; }
echo "check-house.sh: no breach"
