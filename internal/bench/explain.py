"""Names for, and differences between, hansho match and cpe2cve.

names N FOLDER            N CPE names with a version, drawn from the NVD years
                          themselves by the hash of the name
compare THEIRS OURS FOLDER  the difference of the two result sets, each pair that
                          only one side has with the reason for it
"""
import collections
import glob
import gzip
import hashlib
import json
import os
import re
import sys


def entries(folder):
    for path in sorted(glob.glob(os.path.join(folder, "nvdcve-1.1-*.json.gz"))):
        with gzip.open(path) as f:
            yield from json.load(f)["CVE_Items"]


def matches(node):
    yield from node.get("cpe_match", [])
    for child in node.get("children", []):
        yield from matches(child)


def fields(name):
    return re.split(r"(?<!\\):", name)[2:]


def names(count, folder):
    seen = set()
    for e in entries(folder):
        for node in e["configurations"]["nodes"]:
            seen.update(m["cpe23Uri"] for m in matches(node))
    versioned = [n for n in seen if fields(n)[3] != "*"]
    versioned.sort(key=lambda n: hashlib.sha256(n.encode()).digest())
    print("\n".join(versioned[:count]))


def read_theirs(path):
    pairs = set()
    for line in open(path):
        name, _, cve = line.rstrip("\n").rpartition("|")
        if name.startswith('"'):
            name = name[1:-1].replace('""', '"')
        pairs.add((name, cve))
    return pairs


def read_ours(path):
    pairs = {}
    for line in open(path):
        m = json.loads(line)
        if m["verdict"] in ("affected", "possible", "under_investigation"):
            pairs[m["item"], m["advisory"].removeprefix("nvd:")] = m
    return pairs


def numbers(version):
    """The dotted numbers a version begins with, without trailing zeros; None
    where it doesn't begin with any."""
    found = re.match(r"v?(\d+(\.\d+)*)(?![a-z])", version.replace("\\", ""))
    if not found:
        return None
    out = [int(n) for n in found[1].split(".")]
    while out and out[-1] == 0:
        out.pop()
    return out


def outside(match, version):
    """Why a version lies outside the bounds of a match."""
    have = numbers(version)
    for key, wrong in (
        ("versionStartIncluding", lambda a, b: a < b),
        ("versionStartExcluding", lambda a, b: a <= b),
        ("versionEndIncluding", lambda a, b: a > b),
        ("versionEndExcluding", lambda a, b: a >= b),
    ):
        bound = numbers(match.get(key, ""))
        if key not in match:
            continue
        if have is None:
            return "cpe2cve orders letters against digits"
        if bound is not None and wrong(have, bound):
            return "cpe2cve takes 5.0.0 for newer than 5.0"
    return ""


def reason_theirs(name, entry):
    """Why cpe2cve is wrong to report a pair; empty where it isn't known."""
    mine = fields(name)
    reasons = set()
    for node in entry["configurations"]["nodes"]:
        for m in matches(node):
            theirs = fields(m["cpe23Uri"])
            if theirs[:3] != mine[:3]:
                continue
            if not m["vulnerable"]:
                reasons.add("NVD marks the name as not vulnerable, only as the platform")
            elif why := outside(m, mine[3]):
                reasons.add(why)
    return "; ".join(sorted(reasons))


def reason_ours(m):
    evidence = m["evidence"][0]
    if evidence["method"] == "text":
        return "NVD gives no configuration: the name stands in the description"
    if m["verdict"] == "possible":
        return "the two versions can't be ordered: possible, where cpe2cve compares them as text"
    return "the versions are equal but for trailing zeros, or ordered as numbers where cpe2cve compares text"


def compare(theirs_path, ours_path, folder):
    theirs, ours = read_theirs(theirs_path), read_ours(ours_path)
    only_theirs, only_ours = theirs - ours.keys(), ours.keys() - theirs
    print(f"cpe2cve {len(theirs)} pairs, hansho {len(ours)}, both {len(theirs) - len(only_theirs)}")
    wanted = {cve for _, cve in only_theirs}
    by_id = {}
    for e in entries(folder):
        cve = e["cve"]["CVE_data_meta"]["ID"]
        if cve in wanted:
            by_id[cve] = e
    unexplained = 0
    print(f"\nonly cpe2cve: {len(only_theirs)}")
    for name, cve in sorted(only_theirs):
        why = reason_theirs(name, by_id[cve])
        unexplained += not why
        print(f"  {cve}  {name}\n      {why or 'NOT EXPLAINED'}")
    print(f"\nonly hansho: {len(only_ours)}")
    for why, n in collections.Counter(reason_ours(ours[p]) for p in only_ours).most_common():
        print(f"  {n:6}  {why}")
    return 1 if unexplained else 0


if __name__ == "__main__":
    if sys.argv[1] == "names":
        names(int(sys.argv[2]), sys.argv[3])
    else:
        sys.exit(compare(*sys.argv[2:]))
