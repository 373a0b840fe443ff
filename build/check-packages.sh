#!/usr/bin/env bash
# Looks into the packages of artifacts/packages: is everything inside that has to be, nothing else, and how large is it?
#
#   build/check-packages.sh [RID...]      the platforms whose native files they carry; all of build/rids.props without a name
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=artifacts/packages
rids=("$@")
[ $# -gt 0 ] || mapfile -t rids < <(sed -nE 's/.*<MetranaRid Include="([^"]+)".*/\1/p' build/rids.props)
rid_field() { sed -nE "s/.*<MetranaRid Include=\"$1\" .*$2=\"([^\"]*)\".*/\1/p" build/rids.props; }
bad=0
complain() { echo "check-packages.sh: $*" >&2; bad=1; }

# Bytes that a package may have: what all packages have, and for each platform. Raise it only with a reason.
budget() { # PACKAGE PLATFORMS
  case $1 in
    Metrana.Native) echo $((800000 + $2 * 2300000)) ;;
    Metrana.Server) echo $((700000 + $2 * 5800000)) ;;
    Metrana.Native.Static) echo $((300000 + $2 * 4500000)) ;;
    Metrana.Native.Symbols.*) echo 20000000 ;;
    Metrana.Tool.*) echo 15000000 ;;
    *) echo 800000 ;;
  esac
}

shopt -s nullglob
files=("$folder"/*.nupkg)
[ ${#files[@]} -gt 0 ] || { echo "check-packages.sh: there is no package in $folder; build/pack.sh makes them" >&2; exit 1; }
version=
printf '%-28s %12s %12s  %s\n' package bytes budget inside
for file in "${files[@]}"; do
  names=$(unzip -Z1 "$file")
  nuspec=$(unzip -p "$file" '*.nuspec')
  id=$(sed -nE 's/.*<id>(.*)<\/id>.*/\1/p' <<<"$nuspec")
  own=$(sed -nE 's/.*<version>(.*)<\/version>.*/\1/p' <<<"$nuspec")
  version=${version:-$own}
  [ "$own" = "$version" ] || complain "$id has the version $own, and another package $version"
  has() { grep -qxF "$1" <<<"$names" || complain "$id lacks $1"; }
  says() { grep -qE "$1" <<<"$nuspec" || complain "$id's nuspec lacks $1"; }
  has README.md; has icon.png
  says '<license type="expression">Apache-2.0</license>'; says '<readme>README.md</readme>'; says '<icon>icon.png</icon>'
  says '<repository type="git" url="[^"]+" commit="[0-9a-f]{40}"'; says '<description>'
  # Where a package is listed, a link relative to the repository leads nowhere.
  links=$(unzip -p "$file" README.md | grep -oE '\]\([^)]+\)' | grep -vE '\]\((https?:|#)' || true)
  [ -z "$links" ] || complain "$id's page has relative links: $links"
  if grep -qE '^lib/' <<<"$names"; then
    for framework in $(grep -oE '^lib/[^/]+' <<<"$names" | sort -u); do has "$framework/$id.dll"; has "$framework/$id.xml"; done
    [ -f "$folder/$id.$own.snupkg" ] || complain "$id has no package of symbols"
  fi
  held=$(grep -E '<dependency id="Metrana[^"]*".*exclude="[^"]*Analyzers' <<<"$nuspec" || true)
  [ -z "$held" ] || complain "$id keeps the compiler rules of its dependencies back: $held"
  case $id in
    Metrana.Native.Static)
      has THIRD-PARTY-NOTICES.txt; has bom.cdx.json; has buildTransitive/Metrana.Native.Static.targets
      says '<dependency id="Metrana.Native" version="'
      for rid in "${rids[@]}"; do
        wanted=$(rid_field "$rid" Static)
        [ -d "runtimes/$rid/static" ] || continue
        has "static/$rid/$wanted"
        [ "$(unzip -p "$file" "static/$rid/$wanted" | sha256sum)" = "$(sha256sum < "runtimes/$rid/static/$wanted")" ] ||
          complain "$id's $wanted for $rid is not the one in runtimes/"
      done ;;
    Metrana.Native.Symbols.*)
      rid=${id#Metrana.Native.Symbols.}
      for wanted in $(cd "runtimes/$rid/symbols" && ls); do
        has "runtimes/$rid/native/$wanted"
        [ "$(unzip -p "$file" "runtimes/$rid/native/$wanted" | sha256sum)" = "$(sha256sum < "runtimes/$rid/symbols/$wanted")" ] ||
          complain "$id's $wanted is not the one in runtimes/"
      done ;;
    Metrana.Native | Metrana.Server)
      has THIRD-PARTY-NOTICES.txt; has bom.cdx.json; has "buildTransitive/$id.targets"
      [ "$id" = Metrana.Server ] || has analyzers/dotnet/cs/Metrana.Analyzers.dll
      for rid in "${rids[@]}"; do
        wanted=$(rid_field "$rid" "$([ "$id" = Metrana.Native ] && echo Library || echo Program)")
        has "runtimes/$rid/native/$wanted"
        [ "$(unzip -p "$file" "runtimes/$rid/native/$wanted" | sha256sum)" = "$(sha256sum < "runtimes/$rid/native/$wanted")" ] ||
          complain "$id's $wanted for $rid is not the one in runtimes/"
      done ;;
  esac
  stray=$(grep -E '^lib/.*\.pdb$|(^|/)(bin|obj)/' <<<"$names" || true)
  [ -z "$stray" ] || complain "$id holds what belongs to a build: $stray"
  size=$(wc -c < "$file"); most=$(budget "$id" ${#rids[@]})
  [ "$size" -le "$most" ] || complain "$id has $size bytes; build/check-packages.sh allows $most"
  printf '%-28s %12s %12s  %s\n' "$id" "$size" "$most" "$(grep -E '^(lib|runtimes|tools|analyzers)/' <<<"$names" | cut -d/ -f1,2 | sort -u | tr '\n' ' ')"
done
[ $bad = 0 ] || exit 1
echo "check-packages.sh: ${#files[@]} packages of version $version are whole"
