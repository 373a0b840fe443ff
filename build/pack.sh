#!/usr/bin/env bash
# Makes the NuGet packages from the sources and from the native files in runtimes/ (build/native.sh makes those).
#
#   build/pack.sh [RID...]      with the native files of these platforms; of all that build/rids.props lists without a name
#
# The packages come to artifacts/packages, the version from the newest tag v*. What is generated on the way (each package's
# page, THIRD-PARTY-NOTICES.txt, the bill of materials) stays in artifacts/generated.
#
# METRANA_REPOSITORY_URL   where the links of the packages' pages lead, default the one of build/Package.props
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
root=$PWD
generated=$root/artifacts/generated
packages=$root/artifacts/packages
die() { echo "pack.sh: $*" >&2; exit 1; }
for argument in "$@"; do
  case $argument in
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
    -*) die "unknown option '$argument' (--help)" ;;
  esac
done
command -v unzip >/dev/null || die "needs unzip"

rids=("$@")
[ $# -gt 0 ] || mapfile -t rids < <(sed -nE 's/.*<MetranaRid Include="([^"]+)".*/\1/p' build/rids.props)
build/native.sh --check "${rids[@]}"

rm -rf "$generated" "$packages"
mkdir -p "$generated/pages" "$packages"

(cd native/metrana-server/page && { [ -d node_modules ] || npm ci --silent; })
dotnet run build/notices.cs -- "$generated" "$(dotnet msbuild src/Metrana/Metrana.csproj -getProperty:Version)"

# The page of a package is a document of the repository whose links lead there.
page() { # PROJECT
  local name url document folder
  name=$(basename "$1" .csproj)
  url=${METRANA_REPOSITORY_URL:-$(dotnet msbuild "$1" -getProperty:MetranaRepositoryUrl)}
  document=$(dotnet msbuild "$1" -getProperty:MetranaPackagePage)
  folder=$(dirname "$document"); folder=${folder#.}; folder=${folder:+$folder/}
  mkdir -p "$generated/pages/$name"
  sed -E -e "s#(!\[[^]]*\]\()(\./)?([^):]+\))#\1$url/raw/main/$folder\3#g" \
    -e "s#([^!]\[[^]]*\]\(|^\[[^]]*\]\()(\./)?([^):\#][^):]*\))#\1$url/blob/main/$folder\3#g" "$document" > "$generated/pages/$name/README.md"
}

pack() { # PROJECT RIDS PROPERTY...
  local project=$1 list=$2; shift 2
  printf '=== %s%s\n' "$(basename "$project" .csproj)" "${*:+ $*}"
  dotnet pack "$project" -c Release -o "$packages" -v quiet \
    -p:MetranaRelease=true "-p:MetranaGenerated=$generated" "-p:MetranaPackRids=\"$list\"" \
    ${METRANA_REPOSITORY_URL:+"-p:MetranaRepositoryUrl=$METRANA_REPOSITORY_URL"} "$@"
}
join() { (IFS=';'; echo "$*"); }

# Archives and symbols are not committed: they are packed for the platforms that were built here.
archived=() symbolled=()
for rid in "${rids[@]}"; do
  if [ -d "runtimes/$rid/static" ]; then archived+=("$rid"); fi
  if [ -d "runtimes/$rid/symbols" ]; then symbolled+=("$rid"); fi
done

projects=()
for project in src/*/*.csproj; do
  [ "$(dotnet msbuild "$project" -getProperty:IsPackable)" = true ] || continue
  projects+=("$project")
  page "$project"
done
for project in "${projects[@]}"; do
  case $(basename "$project" .csproj) in
    Metrana.Native.Static)
      if [ ${#archived[@]} -gt 0 ]; then pack "$project" "$(join "${archived[@]}")"; else echo "=== no Metrana.Native.Static: no platform has an archive here"; fi ;;
    Metrana.Native.Symbols)
      for rid in ${symbolled[@]+"${symbolled[@]}"}; do pack "$project" "$rid" "-p:MetranaSymbolsRid=$rid"; done ;;
    *) pack "$project" "$(join "${rids[@]}")" ;;
  esac
done
build/check-packages.sh "${rids[@]}"
