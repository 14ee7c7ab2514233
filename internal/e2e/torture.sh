#!/bin/sh
# torture.sh reads every hostile and broken document of a folder with every kind
# of reader that the program has, and prints for each the exit code, the time and
# the peak memory. It fails where the program crashed, took longer than 60
# seconds or more memory than 1 GB.
#
#	internal/e2e/torture.sh [FOLDER]     default: ../shared/data/torture
set -u
cd "$(dirname "$0")/../.." || exit 2
folder=${1:-../shared/data/torture}
[ -d "$folder" ] || { echo "no folder $folder" >&2; exit 2; }
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT
go build -o "$tmp/hansho" ./cmd/hansho || exit 2
sources=${SOURCES:-"jpcert ipa jvn jvndb kev fortinet cisa-csaf nvd cve osv msrc epss swithak-log4shell ncsc-nl-log4shell"}
mkdir "$tmp/files"
find "$folder" -type f | sort | while read -r f; do
	case $f in
	*.tar.zst) mkdir -p "$tmp/files/$(basename "$f")" && tar --zstd -xf "$f" -C "$tmp/files/$(basename "$f")" ;;
	*) cp "$f" "$tmp/files/$(echo "${f#"$folder"/}" | tr / _)" ;;
	esac
done
chmod -R u+rw "$tmp/files"
cat > "$tmp/run.py" <<'PY'
import os, resource, subprocess, sys, time
binary, folder, sources = sys.argv[1], sys.argv[2], sys.argv[3].split()
runs, bad, worst, longest = 0, [], (0, ""), (0, "")
exits = {}
for root, _, names in os.walk(folder):
    for name in sorted(names):
        path = os.path.join(root, name)
        for source in sources:
            start = time.time()
            pid = os.fork()
            if pid == 0:
                null = os.open(os.devnull, os.O_RDWR)
                os.dup2(null, 1); os.dup2(os.open(folder + "/../err", os.O_CREAT | os.O_TRUNC | os.O_RDWR), 2)
                os.execv(binary, [binary, "parse", "--source", source, path])
            killed = False
            while True:
                done, status, usage = os.wait4(pid, os.WNOHANG)
                if done: break
                if time.time() - start > 60:
                    os.kill(pid, 9); killed = True
                time.sleep(0.002)
            wall, mb = time.time() - start, usage.ru_maxrss // 1024
            code = os.waitstatus_to_exitcode(status)
            runs += 1; exits[code] = exits.get(code, 0) + 1
            what = f"{source} {os.path.relpath(path, folder)}"
            worst, longest = max(worst, (mb, what)), max(longest, (wall, what))
            crashed = b"goroutine " in open(folder + "/../err", "rb").read()
            if killed or crashed or code not in (0, 1) or mb > 1024:
                bad.append(f"{what}: exit {code}, {wall:.1f} s, {mb} MB{', crashed' if crashed else ''}")
print(f"{runs} readings; exit codes {exits} (1: refused with the reason)")
print(f"peak memory {worst[0]} MB ({worst[1]})")
print(f"longest {longest[0]:.2f} s ({longest[1]})")
for b in bad: print("BAD", b)
sys.exit(1 if bad else 0)
PY
python3 "$tmp/run.py" "$tmp/hansho" "$tmp/files" "$sources"
