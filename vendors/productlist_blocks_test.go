package vendors

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// short writes each claim as "id | CVE | versions | status | fixed", without what
// is empty at its end.
func short(claims []string) []string {
	var out []string
	for _, line := range claims {
		parts := strings.Split(line, " | ")
		out = append(out, strings.TrimRight(strings.Join(parts[:5], " | "), " |"))
	}
	return out
}

// Lists in blocks, as hands write them, and what they say.
func TestBlocks(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{
			"product headings", "# Sheet\n\n### Gate\n- Status: Vulnerable\n- Affected versions: 1.0 - 2.3\n- Fixed in: 2.4\n- Link: https://akane.example/g\n\n### Mail\n- Status: Not affected\n",
			[]string{"gate |  | 1.0 - 2.3 | affected | 2.4", "mail |  |  | not_affected"},
		},
		{
			"makers above products", "## Akane Works\n### Gate\n* **Status:** Not affected\n### Mail 3.x\n* **Status**: Under investigation\n## Aoi\n### Router\n* Status – Fixed\n* Fixed version – 3.2\n",
			[]string{"akane-works/gate |  |  | not_affected", "akane-works/mail |  | 3.x | under_investigation", "aoi/router |  |  | fixed | 3.2"},
		},
		{
			"letters and kinds name no maker", "## A\n### Databases\n#### Akane DB\n- Status: affected\n## Firewalls and VPNs\n- Gate: affected\n## Microsoft\n### Office\n- Status: affected\n",
			[]string{"akane-db |  |  | affected", "gate |  |  | affected", "microsoft/office |  |  | affected"},
		},
		{
			"a bullet each", "#### Akane\n- **Gate** – not affected ([source](https://akane.example/1))\n- **Mail**: affected ([source](https://akane.example/2))\n- Store (under investigation)\n- [Box](https://akane.example/3) - Vulnerable\n- Hub 1.0 - 2.3: affected\n- Tap is not vulnerable.\n",
			[]string{"akane/gate |  |  | not_affected", "akane/mail |  |  | affected", "akane/store |  |  | under_investigation", "akane/box |  |  | affected", "akane/hub |  | 1.0 - 2.3 | affected", "akane/tap |  |  | not_affected"},
		},
		{
			"bold lines", "**Akane – Gate**\n- Status: Vulnerable\n- Fixed in: 2.4\n\n**Akane – Mail**\n\n- Not affected\n- https://akane.example/mail\n",
			[]string{"akane/gate |  |  | affected | 2.4", "akane/mail |  |  | not_affected"},
		},
		{
			"definitions", "Gate\n: Status: affected\n: Fixed in: 3\n\nMail\n: Not affected\n",
			[]string{"gate |  |  | affected | 3", "mail |  |  | not_affected"},
		},
		{
			"headings with a line below", "Akane\n=====\n\nGate\n----\n- Status: affected\n\nAoi\n===\nRouter\n------\n- Status: not affected\n",
			[]string{"akane/gate |  |  | affected", "aoi/router |  |  | not_affected"},
		},
		{
			"Japanese", "# 影響調査\n## あかね製作所\n### 帳票サーバ\n- 影響: あり\n- 対象バージョン: 1.0 ～ 2.3\n- 修正バージョン: 2.4\n### 帳票クライアント\nステータス：影響なし\n\n## 葵システム\n- 製品名：門番\n- 影響：調査中\n\n- 製品名：庭\n- 影響：なし\n",
			[]string{"あかね製作所/帳票サーバ |  | 1.0 ～ 2.3 | affected | 2.4", "あかね製作所/帳票クライアント |  |  | not_affected", "葵システム/門番 |  |  | under_investigation", "葵システム/庭 |  |  | not_affected"},
		},
		{
			"bullets in bullets", "### Akane\n- Gate\n  - Status: Affected\n  - Affected versions:\n    - 1.0\n    - 1.1\n- **Mail**\n  Status: Not affected\n",
			[]string{"akane/gate |  | 1.0, 1.1 | affected", "akane/mail |  |  | not_affected"},
		},
		{
			"several products in a block", "### Akane\n- Product: Gate\n- Status: Affected\n- Product: Mail\n- Status: Not affected\n### Aoi\n- Products:\n  - Router\n  - Switch\n- Status: Affected\n",
			[]string{"akane/gate |  |  | affected", "akane/mail |  |  | not_affected", "aoi/router |  |  | affected", "aoi/switch |  |  | affected"},
		},
		{
			"versions and CVEs of a product", "### Gate\n- 1.x: affected\n- 2.x: not affected\n### Mail\n- CVE-2031-1000: Vulnerable\n- CVE-2031-1001: Not affected\n### Hub\n- Version: 1\n- Status: affected\n- Version: 2\n- Status: not affected\n",
			[]string{"gate |  | 1.x | affected", "gate |  | 2.x | not_affected", "mail | CVE-2031-1000 |  | affected", "mail | CVE-2031-1001 |  | not_affected", "hub |  | 1 | affected", "hub |  | 2 | not_affected"},
		},
		{
			"names below a status", "# Statement on CVE-2031-1000\n## Affected products\n- Gate 1.0 – 2.3 (fixed in 2.4)\n- Mail\n## Products not affected\n- Store\n- Box 2.x\n## 調査中の製品\n- 門番\n## Mitigation\n- Turn it off\n",
			[]string{"gate |  | 1.0 – 2.3 | affected | 2.4", "mail |  |  | affected", "store |  |  | not_affected", "box |  | 2.x | not_affected", "門番 |  |  | under_investigation"},
		},
		{
			"names after a status", "### Akane advisory\n- Affected products: Gate, Mail\n- Products not affected: Store\n- Affected versions: 1.0-2.3\n",
			[]string{"akane/gate |  | 1.0-2.3 | affected", "akane/mail |  | 1.0-2.3 | affected", "akane/store |  |  | not_affected"},
		},
		{
			"headings as keys", "## Gate\n### Status\nVulnerable\n### Affected versions\n- 1.0\n- 1.1\n## Mail\n### Status\nNot affected\n",
			[]string{"gate |  | 1.0, 1.1 | affected", "mail |  |  | not_affected"},
		},
		{
			"a table of keys and values", "## Gate\n| Field | Value |\n|---|---|\n| Status | Vulnerable |\n| Affected versions | 1.0 - 2.3 |\n",
			[]string{"gate |  | 1.0 - 2.3 | affected"},
		},
		{
			"tables below a maker", "# Sheet\n## A\n### Akane Works\n| Product | Version | Status |\n|---|---|---|\n| Gate | 1.0 | Vulnerable |\n| All | | Not affected |\n## Legend\n| Status | Description |\n|---|---|\n| Vulnerable | it is hit |\n",
			[]string{"akane-works/gate |  | 1.0 | affected", "akane-works/all |  |  | not_affected"},
		},
		{
			"tables below a kind", "## Network devices\n| Product | Status |\n|---|---|\n| Akane Router | Vulnerable |\n",
			[]string{"akane-router |  |  | affected"},
		},
		{
			"tables below a status", "## Products not affected\n| Product | Version |\n|---|---|\n| Mail | 2 |\n## Affected products\n| Product | Fixed in |\n|---|---|\n| Box | 2.4 |\n## List\n| Product | Version |\n|---|---|\n| Hub | 2 |\n",
			[]string{"mail |  | 2 | not_affected", "box |  |  | affected | 2.4", "hub |  | 2 | unknown"},
		},
		{
			"a title stays one beside a changelog", "# Nextshell\n## Gate\n- Status: affected\n# Changelog\n- Gate: fixed a typo\n",
			[]string{"gate |  |  | affected"},
		},
		{
			"makers at the first level", "# Akane\n## Gate\n- Status: affected\n# Aoi\n## Router\n- Status: affected\n",
			[]string{"akane/gate |  |  | affected", "aoi/router |  |  | affected"},
		},
		{
			"lines of text", "Vendor: Akane\nProduct: Gate\nStatus: Affected\n\nVendor: Aoi\nProduct: Router\nStatus: Not affected\n\nStore\nStatus: Fixed\nFixed in: 2.1\n",
			[]string{"akane/gate |  |  | affected", "aoi/router |  |  | not_affected", "store |  |  | fixed | 2.1"},
		},
		{
			"systems below a title", "# A backdoor (CVE-2031-1000)\n- Benten Linux stable: not affected, see https://benten.example/\n- Botan 40 → affected\n- Biwa ✅\n",
			[]string{"benten-linux-stable |  |  | not_affected", "botan40 |  |  | affected", "biwa |  |  | unknown"},
		},
		{
			"what isn't understood stays unknown", "### Gate\n- Status: ask Bob\n### Mail\n- Status: not affected by default\n### Store\n- Link: https://akane.example/s\n### Box\n- Status: ✅\n### Hub\n- Status: affected\n",
			[]string{"gate |  |  | unknown", "mail |  |  | unknown", "store |  |  | unknown", "box |  |  | unknown", "hub |  |  | affected"},
		},
		{
			"safe under a condition is not safe", "## Akane\n- Gate: Not affected if JNDI is off\n- Mail: not affected (only the cloud version)\n- Hub: not affected → affected\n- Box: not affected; on-prem affected\n- Till: 影響なし（クラウド版のみ）\n- Pan: 2.0+ not affected, older affected\n",
			[]string{"akane/gate |  |  | unknown", "akane/mail |  |  | unknown", "akane/hub |  |  | affected", "akane/box |  |  | affected", "akane/till |  |  | unknown", "akane/pan |  |  | unknown"},
		},
		{
			"what is taken back", "## Akane\n### Gate\n- ~~Status: Not affected~~\n- Status: Affected\n### Mail\n- Status: Not affected\n- Update 2031-12-15: affected\n### ~~Hub~~\n- Status: affected\n",
			[]string{"akane/gate |  |  | affected", "akane/mail |  |  | not_affected", "akane/mail |  |  | affected"},
		},
		{
			"questions", "## Akane\n### Gate\n- Vulnerable: No\n### Mail\n- Is it affected? Yes (1.0 - 2.3)\n- Fix? 2.4\n### Hub\n- 影響：あり（Ver.1.0～2.3）\n### Box\n- Affected: No, but 2.x is\n### Tap\n- Patch available: No\n- Status: affected\n",
			[]string{"akane/gate |  |  | not_affected", "akane/mail |  | 1.0 - 2.3 | affected | 2.4", "akane/hub |  | Ver.1.0～2.3 | affected", "akane/box |  |  | unknown", "akane/tap |  |  | affected"},
		},
		{
			"a sentence before names", "以下の製品は影響を受けません。\n- 川\n以下の製品が影響を受けます：\n- 山\n\nThe following products are not affected:\n\n- Gate\n- Mail (except 2.x)\n- Store, but Till is affected\n\nThese need an update.\n\n- Box\n",
			[]string{"川 |  |  | not_affected", "山 |  |  | affected", "gate |  |  | not_affected", "mail |  |  | unknown", "store |  |  | affected"},
		},
		{
			"bold lines and titles without a blank line above", "- Gate: not affected\n**Mail**\n- Status: affected\n\n== Akane ==\n* Box: not affected\n=== Hub ===\n* Status: affected\n",
			[]string{"gate |  |  | not_affected", "mail |  |  | affected", "akane/box |  |  | not_affected", "akane/hub |  |  | affected"},
		},
		{
			"mail", "■ あかね製作所\n・門番：影響あり\n・庭：影響なし\n\n【葵システム】\n製品名：帳票\n影響：調査中\n\n(1) 影響を受ける製品\n・山 Ver.1.0\n(2) 影響を受けない製品\n・川\n",
			[]string{"あかね製作所/門番 |  |  | affected", "あかね製作所/庭 |  |  | not_affected", "葵システム/帳票 |  |  | under_investigation", "山 |  | Ver.1.0 | affected", "川 |  |  | not_affected"},
		},
		{
			"a product with parts stays itself", "## Akane\n### Gate\n- Status: affected\n- Agent: not affected\n",
			[]string{"akane/gate |  |  | affected", "akane/agent |  |  | not_affected"},
		},
		{
			"a fix is no safety", "### Gate\n- Status: Fixed\n- Affected versions: 3.0 and earlier\n- Fixed in: 3.1\n### Mail\n- Status: affected\n- Fixed: no\n",
			[]string{"gate |  | 3.0 and earlier | affected | 3.1", "mail |  |  | affected"},
		},
		{
			"names that are words of keys", "### Akane\n- Software: not affected\n- Hardware: affected\n### Aoi\n- Exchange Service: not affected\n",
			[]string{"akane/software |  |  | not_affected", "akane/hardware |  |  | affected", "aoi/exchange-service |  |  | not_affected"},
		},
	} {
		as, errs := parse(t, tt.text, "raw", nil)
		if diff := cmp.Diff(tt.want, short(lines(as))); diff != "" || len(errs) > 0 {
			t.Errorf("%s: %s %v", tt.name, diff, errs)
		}
	}
}

// notOfTheList are parts of documents that hold the words of lists and no product.
var notOfTheList = []string{
	"## Table of contents\n- [Gate](#gate)\n- [Status: affected](#status)\n",
	"## How to contribute\nPlease give:\n- Vendor: name of the vendor\n- Product: name of the product\n- Status: Affected, Not affected, Fixed or Unknown\n### Example\n- Status: Vulnerable\n",
	"## Legend\n- Vulnerable: means that the product is hit\n- **Fixed** – a fix exists\n",
	"## Status descriptions\n- Affected – reported to be affected\n- Not affected – reported not to be\n",
	"## Status\nThe following words are used:\n- Affected: it is hit\n- Fixed: there is a fix\n",
	"## Changelog\n- 2031-12-14: fixed links\n- Gate: fixed a typo\n### Fixed\n- Crash on start\n",
	"## [0.18.0-rc1]\n### Fixed\n- Hash (#1515)\n- Streams (#1488)\n### Links\n- https://akane.example/18\n",
	"## v1.0.2 released 2031-07-14\n- Fixed the order (PR #16)\n",
	"## Agent 2.0\n### Fixed\n- Hash (#1515)\n",
	"## What we need\n- Product: name of the product\n- Status: Affected, Not affected or Unknown\n",
	"## Instance methods\n- opaque: unknown\n- vm: Fixed a regression of v5.9.0\n",
	"### Fixed\n- A crash on start\n- The colour of links\n",
	"## Vulnerability details\n- Severity: Critical\n- Affected versions: 2.0 - 2.14.1\n- Fixed version: 2.15.0\n",
	"## CVE-2031-1000\n- Affected versions: 2.0 - 2.14.1\n- Fixed version: 2.15.0\n",
	"## Recommendations\n- Upgrade – fixed in 2.15\n",
	"## Was betroffen ist\nNobody knows whether it is affected. Customers are not affected.\n- The cloud is not affected by this.\n- You are not affected if you upgraded.\n",
	"## 凡例\n- 影響あり: 影響を受けます\n- 影響なし: 影響を受けません\n",
	"## 更新履歴\n- 12月14日: 門番を修正済みに変更\n",
	"Status: draft\nDate: 2031-12-14\n",
	"---\ntitle: x\nproduct: Sheet\nstatus: affected\n---\n",
}

func TestBlocksThatListNothing(t *testing.T) {
	const list = "\n## Gate\n- Status: affected\n"
	want := []string{"gate |  |  | affected"}
	for _, part := range notOfTheList {
		if as, errs := parse(t, part, "raw.md", nil); len(as) > 0 || len(errs) == 0 {
			t.Errorf("%s: read as %q", part, lines(as))
		}
		as, _ := parse(t, "# Sheet\n\n"+part+list, "raw.md", nil)
		if strings.HasPrefix(part, "---") {
			as, _ = parse(t, part+list, "raw.md", nil)
		}
		if diff := cmp.Diff(want, short(lines(as))); diff != "" {
			t.Errorf("beside a list: %s: %s", part, diff)
		}
	}
}

// TestRowsAreNoBlocks reads each row of a table once, behind the marks of a merge that
// went wrong too.
func TestRowsAreNoBlocks(t *testing.T) {
	text := "### A\n\n| Supplier | Product | Version | Status | Notes | Links |\n|:--|:--|:--|:--|:--|:--|\n| Akane | Gate | 1.0 | Vulnerable | | [source](https://akane.example/1) |\n" +
		"<<<<<<< HEAD\n| Akane | Mail | Unknown | Not vuln | | [source](https://akane.example/2) |\n=======\n| Aoi | Router | | Vulnerable || [source](https://aoi.example/1) |\n>>>>>>> Aoi\n" +
		"| Aoi | Tap | Unknown | Not vuln | |[source](https://aoi.example/2) |\n| Aoi | Hub | Unknown | Not vuln |  | [source](https://aoi.example/3) |\n"
	as, _ := parse(t, text, "raw.md", nil)
	got := short(lines(as))
	want := []string{"akane/gate |  | 1.0 | affected", "akane/mail |  |  | not_affected", "aoi/router |  |  | affected", "aoi/tap |  |  | not_affected", "aoi/hub |  |  | not_affected"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A change of status is a change of the same advisory, whatever the words.
func TestBlocksKeepTheirNames(t *testing.T) {
	for _, form := range []string{
		"## Akane\n- Gate – %s ([source](https://akane.example/1))\n- Mail: affected\n- Box: affected\n",
		"## Akane\n- **Gate 1.0 - 2.3**: %s\n- Mail: affected\n- Box: affected\n",
		"## Akane\n### Gate\n- Status: %s\n### Mail\n- Status: affected\n",
		"**Akane – Gate**\n- Status: %s\n\n**Akane – Mail**\n- Status: affected\n",
		"## Akane\n### Gate (%s)\n- Link: https://akane.example/1\n### Mail\n- Status: affected\n",
	} {
		before, _ := parse(t, fmt.Sprintf(form, "vulnerable"), "raw.md", nil)
		for _, words := range []string{"not affected", "under investigation", "fixed in 2.4", "Not vulnerable", "unknown"} {
			as, _ := parse(t, fmt.Sprintf(form, words), "raw.md", nil)
			if len(as) == 0 || as[0].ID != "list:akane/gate" {
				t.Errorf("%s with %s: %q", form, words, lines(as))
				continue
			}
			if !slices.EqualFunc(before[1:], as[1:], sameContent) || sameContent(before[0], as[0]) {
				t.Errorf("%s with %s: more changed than one: %q", form, words, lines(as))
			}
		}
	}
}

// Documents that are all of one kind of line cost what they are long.
func TestBlocksOfHostileSizes(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("### Gate\n", 5_000),
		strings.Repeat("- ", 5_000) + "Gate: affected\n",
		strings.Repeat("- Status: affected\n", 5_000),
		"### Gate\n- Affected versions: " + strings.Repeat("1.0, ", 10_000),
		"### Gate\n" + strings.Repeat("- Affected versions: 1.0\n", 5_000),
		"- " + strings.Repeat("Gate is a ", 5_000) + "affected\n",
		"- Gate: affected\n" + strings.Repeat("  and\n", 5_000),
		strings.Repeat(": ", 5_000),
		strings.Repeat("Gate\n: affected\n", 5_000),
		strings.Repeat("**", 5_000),
		strings.Repeat("Gate\n====\n", 5_000),
	} {
		as, errs := parse(t, text, "raw.md", nil)
		if len(as) == 0 && len(errs) == 0 {
			t.Errorf("%.40q: neither a list nor an error", text)
		}
	}
}
