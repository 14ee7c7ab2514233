#!/bin/sh
# Compares `hansho match` with cpe2cve (facebookincubator/nvdtools v0.1.5) on the
# NVD 1.1 year files: the same 10,000 CPE names, the two result sets' difference,
# wall and CPU seconds, peak memory.
#
#   internal/bench/cpe2cve.sh [FOLDER OF nvdcve-1.1-*.json.gz]
#
# Needs Go, Python 3 and GNU time. WORK=dir keeps the files; NAMES sets how many
# names. Exits with 1 where cpe2cve finds what hansho doesn't and explain.py has
# no reason for it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
nvd=${1:-$root/../shared/data/nvd}
work=${WORK:-$(mktemp -d)}
[ -n "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work"

echo "building"
GOBIN=$work go install github.com/facebookincubator/nvdtools/cmd/cpe2cve@v0.1.5
(cd "$root" && go build -o "$work/hansho" ./cmd/hansho)
python3 "$here/explain.py" names "${NAMES:-10000}" "$nvd" >"$work/names.txt"

# measure NAME COMMAND… times a command; what it prints is not touched.
measure() {
	name=$1
	shift
	/usr/bin/time -f "$name: wall %e s, CPU %U + %S s, peak %M kB" -o "$work/$name.time" "$@"
}

# cpe2cve reads CSV, where a quote in a name has to be doubled.
sed 's/"/""/g; s/^/"/; s/$/"/' "$work/names.txt" >"$work/names.csv"
measure cpe2cve "$work/cpe2cve" -d '|' -d2 ',' -o '|' -o2 ',' -cpe 1 -e 2 -cve 2 -idxd \
	"$nvd"/nvdcve-1.1-*.json.gz <"$work/names.csv" >"$work/cpe2cve.txt"
set --
for f in "$nvd"/nvdcve-1.1-*.json.gz; do set -- "$@" --advisories "$f"; done
measure hansho "$work/hansho" match --inventory "$work/names.txt" "$@" >"$work/hansho.jsonl"
cat "$work/cpe2cve.time" "$work/hansho.time"

python3 "$here/explain.py" compare "$work/cpe2cve.txt" "$work/hansho.jsonl" "$nvd"
