#!/usr/bin/env bash
# Writes docs/platforms.md: what the native files of each platform ask for and weigh, and where the bytes are; and the first table
# of it into README.md. It reads runtimes/ and its manifest, and needs the symbols that build/native.sh leaves there for the second part.
#
#   build/platforms.sh            writes both
#   build/platforms.sh --print    prints it instead
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
manifest=runtimes/manifest.json
die() { echo "platforms.sh: $*" >&2; exit 1; }
rid_field() { sed -nE "s/.*<MetranaRid Include=\"$1\" .*$2=\"([^\"]*)\".*/\1/p" build/rids.props; }
all_rids() { sed -nE 's/.*<MetranaRid Include="([^"]+)".*/\1/p' build/rids.props; }
megabytes() { awk -v bytes="$1" 'BEGIN { printf "%.1f", bytes / 1e6 }'; }
# size RID FILE: of the manifest, or nothing
size() { sed -nE "/\"$1\": /,/^    }/ s|.*\"$2\": \{ .*\"size\": ([0-9]+) \}.*|\1|p" "$manifest"; }
cell() { if [ -n "$1" ]; then megabytes "$1"; else echo -; fi; }
floor_of() { sed -nE "/\"$1\": /,/^    }/ s|.*\"floor\": \"([^\"]*)\".*|\1|p" "$manifest"; }

platforms() {
  local rid tried
  echo '| platform | oldest system | library, MB | server, MB | archive, MB | allocator of the library | tried by |'
  echo '|---|---|---|---|---|---|---|'
  for rid in $(all_rids); do
    tried=$(rid_field "$rid" Tried)
    [ -n "$(size "$rid" "$(rid_field "$rid" Library)")" ] || tried='not part of this build'
    printf '| `%s` | %s | %s | %s | %s | %s | %s |\n' "$rid" "$(floor_of "$rid" | grep . || echo -)" "$(cell "$(size "$rid" "$(rid_field "$rid" Library)")")" \
      "$(cell "$(size "$rid" "$(rid_field "$rid" Program)")")" "$(cell "$(size "$rid" "static/$(rid_field "$rid" Static)")")" \
      "$(rid_field "$rid" Allocator)" "$tried"
  done
}

# Sections of a file, joined to what a reader can tell apart.
sections() { # FILE
  readelf -SW "$1" | sed -nE 's/^ *\[ *[0-9]+\] (\.[^ ]+) +([A-Z_0-9]+) +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) .*/\1 \2 \3/p' |
    while read -r name type hex; do [ "$type" = NOBITS ] || echo "$name $((16#$hex))"; done |
    awk '{ kind = "other data" }
         $1 ~ /^\.(text|plt|init|fini)/ { kind = "code" }
         $1 ~ /^\.(eh_frame|gcc_except)/ { kind = "tables for unwinding" }
         $1 ~ /^\.rodata/ { kind = "constants" }
         $1 ~ /^\.rela/ { kind = "relocations" }
         { sum[kind] += $2 }
         END { for (kind in sum) print sum[kind], kind }' | sort -rn
}
# Whose code it is: the crate that the name of a function begins with. What is generic counts for the crate that wrote it.
owners() { # SYMBOLS
  llvm-nm --print-size --demangle --defined-only "$1" 2>/dev/null |
    awk '$3 ~ /^[tTwW]$/ && NF >= 4 {
      bytes = 0; for (i = 1; i <= length($2); i++) bytes = bytes * 16 + index("0123456789abcdef", substr($2, i, 1)) - 1
      name = $4; for (i = 5; i <= NF; i++) name = name " " $i
      # A method of a trait names its type first: <h2::Frame as Display>::fmt, or in the older spelling _$LT$h2..Frame$u20$as$u20$...
      sub(/^_\$LT\$(\$RF\$|mut\$u20\$|dyn\$u20\$)*/, "", name)
      if (name ~ /^[a-z_0-9]+\.\./) sub(/\.\./, "::", name)
      sub(/^</, "", name); sub(/^(&|mut |dyn |\[|\(|\*const |\*mut )+/, "", name); sub(/^</, "", name)
      if (name ~ /^[a-z_0-9]+(\[[0-9a-f]+\])?::/) { sub(/(\[[0-9a-f]+\])?::.*/, "", name); if (name ~ /^(core|alloc|std|hashbrown)$/) name = "Rust'"'"'s library"
        else if (name == "tikv_jemallocator") name = "jemalloc" }
      else if (name ~ /^sqlite3|^(fts|pager|vdbe|btree|where|expr|wal|codec|unix|mem|pcache|select|json|parse)[A-Z0-9]/) name = "SQLite"
      else if (name ~ /^(ZSTD|HUF|FSE|COVER|ZDICT|HIST)_/) name = "zstd (C)"
      else if (name ~ /^(ring_core|fe|ge|p256|p384|bn|aes|gcm|sha[0-9]|x25519|sc|ecp|k256|chacha|poly|vpaes|bsaes)_|^(fiat|GFp|CRYPTO|point_|ecp)/) name = "ring"
      else if (name ~ /^_rjem|^je_|^(malloc|hook|decay|cache|rtree|nstime|emitter|large|inspect|counter|buf|eset|witness|mutex|tsd|thread|bin|sec|hpdata|geom|opt|ticker|batcher|ckh|log|arena|tcache|extent|emap|edata|pac|pa|hpa|base|ctl|stats|prof|san|sz|psset|ehooks|background)_/) name = "jemalloc"
      else name = "other C and assembly"
      sum[name] += bytes }
    END { for (name in sum) print sum[name], name }' | sort -rn
}
where() { # TITLE FILE SYMBOLS
  printf '\n%s, %s MB:\n\n| MB | what |\n|---|---|\n' "$1" "$(megabytes "$(wc -c < "$2")")"
  sections "$2" | while read -r bytes kind; do printf '| %s | %s |\n' "$(megabytes "$bytes")" "$kind"; done
  [ -f "$3" ] && [ -n "$(owners "$3")" ] || return 0
  printf '\nIts code, by the crate that wrote it:\n\n| MB | crate |\n|---|---|\n'
  owners "$3" | head -12 | while read -r bytes name; do printf '| %s | %s |\n' "$(awk -v b="$bytes" 'BEGIN { printf "%.2f", b / 1e6 }')" "$name"; done
  printf '| %s | all others |\n' "$(owners "$3" | tail -n +13 | awk '{ sum += $1 } END { printf "%.2f", sum / 1e6 }')"
}
packages() {
  local file
  printf '\n## The packages\n\n| package | MB |\n|---|---|\n'
  for file in artifacts/packages/*.nupkg; do
    printf '| %s | %s |\n' "$(basename "$file" .nupkg | sed -E 's/\.[0-9]+\.[0-9]+\.[0-9]+.*//')" "$(awk -v b="$(wc -c < "$file")" 'BEGIN { printf "%.2f", b / 1e6 }')"
  done
}

write() {
  echo '# The native files'
  echo
  echo 'Written by `build/platforms.sh` from the files of one build. A platform without sizes was not part of that build.'
  echo
  platforms
  printf '\n## Where the megabytes are\n'
  where 'The library for Linux' runtimes/linux-x64/native/libmetrana_native.so runtimes/linux-x64/symbols/libmetrana_native.so.dbg
  where 'The server for Linux' runtimes/linux-x64/native/metrana-server runtimes/linux-x64/symbols/metrana-server.dbg
  if compgen -G 'artifacts/packages/*.nupkg' >/dev/null; then packages; fi
  if [ -f artifacts/smoke.md ]; then printf '\n## What was tried\n\n'; cat artifacts/smoke.md; fi
}
[ -f "$manifest" ] || die "there is no $manifest; build/native.sh makes it"
case ${1:-} in
  --print) write ;;
  '')
    write > docs/platforms.md
    awk -v table="$(platforms)" '/^<!-- platforms -->/ { print; print table; on = 1 } /^<!-- end -->/ { on = 0 } !on && !/^<!-- platforms -->/' README.md > README.md.new
    mv README.md.new README.md
    echo "platforms.sh: docs/platforms.md and README.md are written" ;;
  *) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 2 ;;
esac
