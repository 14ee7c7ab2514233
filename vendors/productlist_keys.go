package vendors

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"hansho/advisory"
)

// What the lines of a block say: a key and its value, a name and its status, a
// status alone. Keys are column headings; but a heading is looked at in a row of
// them, and a line among any others, so that every word of a key has to be one
// that keys have.

var (
	keyWords = regexp.MustCompile(`^(?:(?:un|not|non|affected|unaffected|impacted|vulnerable|exploitable|versions?|releases?|fix|fixed|fixes|patch|patched|patches|resolved|updated?|remediated|in|by|the|of|is|it|s|and|or|` +
		`products?|software|app|application|name|names|vendors?|supplier|manufacturer|maker|company|organi[sz]ation|developer|status|state|current|vulnerability|response|` +
		`links?|urls?|sources?|references?|refs?|advisory|advisories|statements?|bulletin|official|security|more|info|information|` +
		`notes?|comments?|remarks?|details?|description|workarounds?|mitigations?|remediation|resolution|solution|actions?|required|last|modified|checked|date|on|at|cves?|ids?|first|` +
		`versie|leverancier|fabrikant|opmerking|hersteller|fournisseur|produkt|produit|componente?|components?|service|system|package)(?: |$))+$`)
	keyWordsJA = regexp.MustCompile(`^(?:影響|有無|対象|該当|製品|名称|名|バージョン|版|修正|対策|済み?|状況|状態|対応|ステータス|ベンダー?|メーカー?|会社|開発元|提供元|製造元|製造者|事業者|リンク|出典|情報源|参照|参考|掲載先|備考|注記|コメント|説明|詳細|メモ|更新日|最終更新|日付|回避策|緩和策|暫定|脆弱性|番号|ソフトウェア|ソフト|サービス|機器|システム|を受けない|を受ける|元|先|情報|公式|の|・|url| )+$`)
	// productKeys are keys that name the product itself, not a part of it.
	productKeys = regexp.MustCompile(`product|software|^app|^name$|produkt|produit|製品|名称|ソフト|サービス|機器|^service`)
	// statusKeys ask for the status by other words than a column does.
	statusKeys = regexp.MustCompile(`\bresponse$`)
	boldKey    = regexp.MustCompile(`^\s*(?:\*\*|__|(?i:<(?:b|strong)>))([^*<]+?)(?:\*\*|__|(?i:</(?:b|strong)>))\s*(.*)$`)
	keyEnd     = regexp.MustCompile(`[:：=\t?？]\s*|\s[-–—→]\s`)
)

// maxKey bounds a key in bytes, maxKeyLine what is looked through for its end.
const (
	maxKey     = 60
	maxKeyLine = 400
)

// keyed reads a line that gives a key and its value. A key alone has an empty
// value.
func (l *listRules) keyed(text string) (column, cellText, bool) {
	if m := boldKey.FindStringSubmatch(text[:min(len(text), maxMarked)]); m != nil {
		if c, ok := l.key(m[1]); ok {
			return l.keyValue(c, strings.TrimLeft(m[2], " \t:：=–—-→"))
		}
	}
	at := keyEnd.FindStringIndex(text[:min(len(text), maxKeyLine)])
	if at == nil || strings.HasPrefix(text[at[1]:], "//") {
		return column{}, cellText{}, false
	}
	c, ok := l.key(text[:at[0]])
	if !ok {
		return column{}, cellText{}, false
	}
	return l.keyValue(c, text[at[1]:])
}

// keyValue guards against names that are words of keys: "Software: not affected".
func (l *listRules) keyValue(c column, value string) (column, cellText, bool) {
	cell := l.inline(strings.TrimLeft(value, "* \t"))
	named := c.role == roleVendor || c.role == roleProduct
	return c, cell, !named || !l.saysStatus(cell.text)
}

// key reads a key as the heading of a column.
func (l *listRules) key(text string) (column, bool) {
	if len(text) > 2*maxKey {
		return column{}, false
	}
	c, known := l.keys[text]
	if !known {
		c = l.keyColumn(strings.TrimRight(plainWords(l.inline(text).text), " :："))
		if len(l.keys) < maxStatusWords {
			l.keys[strings.Clone(text)] = c
		}
	}
	return c, c.role != roleNone
}

// keyColumn is key for one that wasn't met before.
func (l *listRules) keyColumn(plain string) column {
	folded := foldHeading(plain)
	if folded == "" || len(folded) > maxKey {
		return column{}
	}
	if _, mapped := l.headings[folded]; mapped {
		return l.column(plain)
	}
	if cve := firstCVE(plain); cve != "" {
		rest := foldHeading(strings.ReplaceAll(strings.ToUpper(width.Fold.String(plain)), cve, ""))
		if rest != "" && rest != "status" {
			return column{}
		}
		return l.column(plain)
	}
	if !keyWords.MatchString(folded) && !keyWordsJA.MatchString(folded) {
		return column{}
	}
	c := l.column(plain)
	switch {
	case statusKeys.MatchString(folded):
		c.role = roleStatus
	case c.role == roleProduct && !productKeys.MatchString(folded):
		c.role = roleNotes
	}
	return c
}

// statusStart is how a phrase begins that gives a status: "not affected by …".
var statusStart = regexp.MustCompile(`(?i)^(?:(?:is|are|was|were|has been|still|currently|confirmed|known|potentially|possibly|likely|partially|partly|probably|believed|to be|being|under|in|not|no|no longer|never|yet|fully|already|non)[ -]+|un|non)*` +
	`(?:vulnerable|vuln|affected|impacted|exploitable|susceptible|investigat(?:ion|ing|ed)|fixed|patched|mitigated|remediated|resolved|fix available|patch available|workaround available)\b` +
	`|^(?:影響|該当|非該当|不該当|対象外|脆弱性?(?:は|が)?(?:あり|なし|有|無)|調査中|確認中|検証中|対応済|対策済|修正済|未対応|未修正)`)

// statusEnd is how such a phrase ends or goes on: "fixed in 2.4", and not "fixed
// a typo".
var statusEnd = regexp.MustCompile(`(?i)^(?:$|[^a-z0-9 ]|\s+(?:[^a-z0-9\s]|v?\d|by|in|with|for|from|since|until|till|before|after|prior|up|unless|if|except|when|only|but|and|or|as|at|on|to|through|versions?|due|because|per|see|via|status|yes|no|now|soon|however|although|older|newer|all|some|partially|not)(?:\W|\d|$))`)

// unknownWords say that a status isn't known, which is to say something.
var unknownWords = regexp.MustCompile(`(?i)^(?:unknown|unkown|tbd|tba|n/?a|pending|waiting|\?+|-+|不明|未定|未確認|回答なし|回答待ち)\b?`)

// statusParts are parts of words of which one stands in every status.
var statusParts = []string{
	"vuln", "affect", "impact", "exploit", "suscept", "investig", "fix", "patch", "mitigat", "remedi", "resolv", "unknown", "tbd", "tba", "n/a", "safe", "pending", "workaround", "影響", "該当", "対象", "脆弱", "調査", "確認", "検証", "対応", "対策", "修正", "不明",
}

// hasStatusPart is asked of every line of a document.
func hasStatusPart(text string) bool {
	lower := strings.ToLower(text)
	return slices.ContainsFunc(statusParts, func(part string) bool { return strings.Contains(lower, part) })
}

var (
	// statusWord announces a status: "Gate – status: affected".
	statusWord = regexp.MustCompile(`^(?i:(?:current )?status|ステータス|状態|状況)\s*[:：=]\s*`)
	// statusAsked is a status that is asked and answered: "vulnerable: no".
	statusAsked = regexp.MustCompile(`^(?i:is )?(?i:vulnerable|affected|impacted)\s*[:：=?]+\s*(?i:(yes|no))$`)
)

// startsStatus says whether a text gives a status and then perhaps more.
func startsStatus(text string) bool {
	plain := statusWord.ReplaceAllString(strings.TrimLeft(plainWords(text), "( （[*_`"), "")
	at := statusStart.FindStringIndex(plain)
	return at != nil && (plain[at[1]-1] > 0x7f || statusEnd.MatchString(plain[at[1]:])) && !fixedText.MatchString(plain)
}

// fixedText is what was fixed in the list, not in a product.
var fixedText = regexp.MustCompile(`(?i)^(?:fixed|patched) (?:an? |the )?(?:broken )?(?:links?|urls?|typos?|address(?:es)?|spelling|format\w*|date|name|order|sort\w*)\b`)

// statusKnown says whether words give a status, be it that it isn't known.
func (l *listRules) statusKnown(words string) bool {
	words = strings.TrimSpace(words)
	return words != "" && (l.status(words) != advisory.StatusUnknown || unknownWords.MatchString(words))
}

var (
	// lineBreaks part a name from what is said of it.
	lineBreaks = regexp.MustCompile(`\s*[:：→|]\s*|\s*=+>\s*|\s+[-–—−]+>?\s+|\s*[–—]\s*|\s*[(（\[【]|\s+(?:is|are|was|were)\s+|(?:に|で)?は[、,]?\s*|\s*[,、;；]\s+|\t+`)
	// emptyAside is what a link leaves of the brackets about it.
	emptyAside = regexp.MustCompile(`(?i)[(（\[]\s*(?:see|source|link|ref(?:erence)?|details?|advisory|via|参照|出典)?s?\s*[:：]?\s*[)）\]]`)
	slanted    = regexp.MustCompile(`(^|[\s(:])_([^_]+)_([\s).,:]|$)`)
	// nameNumber is the number of an entry.
	nameNumber = regexp.MustCompile(`^(?:\d{1,3}[.)]\s+|[-+*•・>]\s+)`)
	boldName   = regexp.MustCompile(`^\s*(?:\[[ xX]\]\s*)?(?:\*\*|__|(?i:<(?:b|strong)>))([^*<]+?)(?:\*\*|__|(?i:</(?:b|strong)>))\s*(\S.*)$`)
	// bracketed is a name's end that says that nothing is known.
	bracketed = regexp.MustCompile(`^\s*[(（\[【](?i:unknown|tbd|tba|n/a|pending|不明|未確認|未定)[)）\]】]`)
	// article and verb make a sentence: "The cloud is not affected."
	article = regexp.MustCompile(`(?i)^(?:the|an?) `)
	verb    = regexp.MustCompile(`(?i)^\s+(?:is|are|was|were)\s`)
	taskBox = regexp.MustCompile(`^\s*\[[ xX]\]\s*`)
)

// partWords name a part of what a maker makes, and nothing without the maker.
var partWords = regexp.MustCompile(`(?i)^(?:software|hardware|firmware|cloud|saas|services?|servers?|clients?|applications?|apps?|appliances?|devices?|ソフトウェア|ハードウェア|ファームウェア|クラウド|サービス|サーバー?|機器)$`)

// isSubject says whether a name can be the subject of a sentence on a product.
func isSubject(name string) bool {
	product, _ := partVersions(name)
	return !article.MatchString(product) && len(strings.Fields(product)) <= maxSubjectWords
}

// maxSubjectWords bounds a name that is the subject of a sentence.
const maxSubjectWords = 4

// maxBreaks bounds the places at which a line is parted in two.
const maxBreaks = 8

// statusLine reads a line that gives a name and its status: "Gate – not affected
// (source)". The words are the whole of what follows the name, as a cell would
// have it.
func (l *listRules) statusLine(text string) (name, words string, ok bool) {
	text = text[:min(len(text), maxMark)]
	if !hasStatusPart(text) {
		return "", "", false
	}
	text = taskBox.ReplaceAllString(text, "")
	if m := boldName.FindStringSubmatch(text); m != nil {
		name, words = l.tidy(m[1]), strings.TrimLeft(l.tidy(m[2]), " :：=–—-→|([（")
		if startsStatus(words) && l.nameable(name) {
			return name, unbracket(words), true
		}
	}
	plain := l.tidy(text)
	for _, at := range lineBreaks.FindAllStringIndex(plain[:min(len(plain), maxKeyLine)], maxBreaks) {
		name, words = strings.Trim(plain[:at[0]], nameEnds), plain[at[1]:]
		if startsStatus(words) || bracketed.MatchString(plain[at[0]:]) {
			if verb.MatchString(plain[at[0]:at[1]]) && !isSubject(name) {
				return "", "", false
			}
			return name, unbracket(words), l.nameable(name) || versionOnly.MatchString(name) || partWords.MatchString(name)
		}
	}
	return "", "", false
}

var (
	// lookThere sends to a link and says nothing.
	lookThere = regexp.MustCompile(`(?i)[\s,;(（.–—-]+(?:see(?: also)?|source|via|details?|per|cf|refer to|link|reference)s?(?: the)?(?: (?:advisory|statement|vendor|link|note|notes))?[\s:.,)）]*$`)
	// remark is what follows a status and a comma or dash. One that may take back
	// what the status says is no remark.
	remark   = regexp.MustCompile(`^([^,;(（–—]+?)\s*(?:[,;(（–—]| - )\s*(.+?)[)）]?$`)
	reserves = regexp.MustCompile(`(?i)vul|affect|impact|exploit|fix|patch|workaround|mitigat|investigat|unless|\bif\b|except|only|when|where|but\b|however|default|until|some|other|version|\d|影響|該当|場合|除|のみ|ただし|修正|対応|対策|回避`)
)

// partRemark parts a status from a remark that changes nothing in it.
func partRemark(words string) (status, notes string) {
	words = statusWord.ReplaceAllString(words, "")
	if m := statusAsked.FindStringSubmatch(words); m != nil {
		return m[1], ""
	}
	words = lookThere.ReplaceAllString(words, "")
	if m := remark.FindStringSubmatch(words); m != nil && !reserves.MatchString(m[2]) {
		return m[1], m[2]
	}
	return words, ""
}

// tidy is a line without markup, links and the signs that only paint it.
func (l *listRules) tidy(text string) string {
	plain := plainWords(emptyAside.ReplaceAllString(l.inline(text).text, " "))
	plain = slanted.ReplaceAllString(plain, "$1$2$3")
	return strings.TrimSpace(nameNumber.ReplaceAllString(strings.TrimSpace(plain), ""))
}

// unbracket takes off a bracket that was opened before the text.
func unbracket(s string) string {
	s = strings.Trim(s, nameEnds+".*_`")
	for _, pair := range []string{"()", "（）", "[]", "【】"} {
		open, end := string([]rune(pair)[0]), string([]rune(pair)[1])
		if strings.Count(s, end) > strings.Count(s, open) {
			s = strings.Replace(s, end, " ", 1)
		}
	}
	return strings.Join(strings.Fields(s), " ")
}

var (
	// versionOnly is what names a version and no product.
	versionOnly = regexp.MustCompile(`(?i)^(?:all )?(?:versions?|ver\.?|v\.?|releases?|バージョン)?\s*(?:<=|>=|=<|<|>|≤|≥)?\s*v?\d[\w.+*]*(?:[\s,、/~–〜～-]+(?:(?:to|through|and|or|earlier|later|below|older|prior|以前|以降|以下|未満|から|まで)|v?\d[\w.+*]*))*(?:以前|以降|以下|未満|から|まで|より前)*$|^(?:all|other|older|earlier) versions?$|^(?:全|すべての)バージョン$`)
	// versionTail is a name followed by versions.
	versionTail = regexp.MustCompile(`(?i)^(.*?[^\s,(（:：–—-])[\s,(（:：–—-]+((?:all )?versions?\b.*\d.*|all versions?|ver\.?\s*\d.*|v\d+(?:\.[\dx]+)*\b.*|(?:<=|>=|=<|<|>|≤|≥)\s*v?\d.*|(?:before|prior to|up to|until|through|earlier than|older than)\s+v?\d.*|\d+(?:\.(?:\d+|x|\*))+.*|\d+\s*(?:-|–|~|〜|～|to)\s*\d.*|\d\S*\s+(?:and|or) (?:earlier|below|older|prior|later)\b.*|\d[\d.]*\s*(?:以前|以下|未満|より前|から|以降).*|(?:全|すべての)バージョン)$`)
)

// partVersions takes versions off a name: "Gate 1.0 - 2.3".
func partVersions(name string) (product, versions string) {
	if m := versionTail.FindStringSubmatch(name); m != nil {
		return strings.Trim(m[1], nameEnds), unbracket(m[2])
	}
	return name, ""
}

// statusName is what stands before a status and is no product: a date, an update.
var statusName = regexp.MustCompile(`(?i)\b(?:status|state)\b|^(?:updated?|edit|correction|news|now)\b|ステータス|状況|^(?:追記|更新|訂正)|^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|^\d{1,2}[/月]\d{1,2}日?$`)

var (
	asideName = regexp.MustCompile(`(?i)^(?:how to\b.*|contribut\w*.*|(?:status )?legend\b.*|key|toc|contents|table of contents|change ?log.*|history|(?:revision|version|update) history|revisions?|release notes?.*|(?:latest |recent )?updates?|(?:notable|other|breaking|minor|major|new|all|known) (?:changes|features|issues)|changes|commits|features|options|api|parameters|arguments|dependencies|requirements|prerequisites|docs?|documentation|development|getting started|quick ?start|news|credits?|thanks.*|thank you.*|acknowledge?ments?|references?|(?:useful |related |external )?(?:sources?|resources?|links?)|further reading|see also|disclaimer|licen[cs]e|about(?: .*)?|intro(?:duction)?|overview|summary|background|notes?|faq|questions?|glossary|definitions?|(?:status )?(?:descriptions?|definitions?|meanings?|explanations?|values|labels|codes)|(?:submission |issue |pull request )?templates?|examples?|format|usage|install(?:ation)?|todo|to do|timeline|mitigations?|workarounds?|remediation|recommendations?|detections?|scanners?|tools?|iocs?|contact|support|feedback|methodology|scope|important|attention|warning|caution|tips?|info|result|conclusion|verdict|answer|question|update|added|changed|removed|deprecated|fixed|security|fixes|bug ?fixes|` +
		`はじめに|概要|注意(?:事項)?|凡例|目次|参考(?:情報|資料|リンク)?|更新履歴|変更履歴|改訂履歴|謝辞|免責(?:事項)?|使い方|書き方|記入(?:例|方法)|貢献|連絡先|問い?合わせ|補足|背景|対応方法|お知らせ|関連(?:情報|リンク))$`)
	// listName heads a list or a part of it, and makes nothing.
	listName  = regexp.MustCompile(`(?i)\b(?:vendors?|suppliers?|products?|lists?|statements?|advisories|responses?|statuses|status|software|devices|distributions?|distros?|affected|impacted|vulnerable|sections?)\b|CVE-\d|製品|ベンダー|メーカー|一覧|リスト|影響|対応状況|脆弱性`)
	aboutFlaw = regexp.MustCompile(`(?i)\bvulnerabilit(?:y|ies)(?:$| (?:in|of|for|affecting|details?|description|info\w*|summary|overview)\b)|脆弱性(?:$|の|について|情報)`)
	// prose is how sentences begin and go on, and names don't.
	prose = regexp.MustCompile(`(?i)\b(?:except|excluding|but|unless)\b|^(?:the following|this|these|those|it|they|we|you|your|our|there|please|if|when|where|while|as|customers|users|anyone|no|only|both|some|most|any|all|see|upgrade|update to|apply|check|note that|use|make sure|for|in|on|with|by|to|and|or|but)\b|\b(?:you|we|your|our|please|should|must|will|would|can|cannot|have|has|been|which|that|means|because|does|do not|don't)\b|[.!?,。！？、]$|(?:です|ます|ません|ください|こと)$`)
	// generic are words of sections: what is made of them alone names nothing.
	generic   = regexp.MustCompile(`(?i)^(?:(?:` + sectionVocabulary + `)(?:[\s/&,]+|$))+$`)
	genericJA = regexp.MustCompile(`^(?:` + sectionVocabularyJA + `)+$`)
	// category are words of sections and kinds of products: what is made of them
	// alone names no maker, for a wrong maker hides whose the product is.
	category   = regexp.MustCompile(`(?i)^(?:(?:` + sectionVocabulary + `|` + kinds + `)(?:[\s/&,-]+|$))+$`)
	categoryJA = regexp.MustCompile(`^(?:` + sectionVocabularyJA + `|ネットワーク|データベース|サーバー?|機器|クラウド|アプリケーション|ミドルウェア|ソフトウェア|ハードウェア|サービス|その他|国内|海外|セキュリティ|ルーター?|ファイアウォール|業務|システム|ライブラリ|監視|運用|管理|仮想化|ストレージ|バックアップ|複合機|プリンター?|端末|ツール|開発|・|/)+$`)
)

const (
	sectionVocabulary   = `vulnerabilit(?:y|ies)|details?|summary|overview|information|info|description|impact|timeline|status|statuses|state|technical|advisor(?:y|ies)|cves?|known|current|latest|general|versions?|products?|vendors?|suppliers?|manufacturers?|software|hardware|firmware|lists?|table|affected|unaffected|not|vulnerable|impacted|fixed|patched|unknown|under|investigation|of|the|and|or|an?|in|for|to|by|is|are|with|from|others?|misc|miscellaneous|names?|entry|entries|item|row|record|number|links?|url|source|reference|date|here|yes|no|true|false|null|all|none|example|statements?|responses?|components?|part|section|categor(?:y|ies)|main|full|&|/`
	sectionVocabularyJA = `製品|名|名称|ベンダー?|メーカー?|会社|一覧|リスト|情報|詳細|概要|影響|対応|状況|状態|バージョン|関連|脆弱性|対象|該当|の|・|を受ける|を受けない|あり|なし|別|について`
	kinds               = `security|cloud|clouds|hosting|saas|paas|iaas|services?|networks?|networking|databases?|servers?|clients?|devices?|equipment|appliances?|librar(?:y|ies)|frameworks?|applications?|apps?|tools?|tooling|systems?|operating|os|open|commercial|closed|monitoring|observability|logging|backups?|storage|virtuali[sz]ation|hypervisors?|middleware|browsers?|containers?|kubernetes|linux|windows|distributions?|distros?|platforms?|packages?|programming|languages?|solutions?|firewalls?|routers?|switch(?:es)?|gateways?|prox(?:y|ies)|vpns?|wifi|wireless|load|balancers?|web|e-?mail|messaging|message|queues?|brokers?|search|engines?|cms|erp|crm|iot|ot|ics|scada|medical|healthcare|gaming|games?|desktops?|mobile|phones?|endpoints?|identity|access|management|managers?|voip|telephony|printers?|cameras?|office|productivity|collaboration|development|developers?|devops|ci|cd|build|java|python|php|javascript|analytics|data|big|providers?|social|media|legacy|internal|external|end|life|third|party|critical|important|low|medium|high|priority|tier|source|enterprise|consumer|industrial|business|antivirus|edr|siem|infrastructure|on|premises?|prem`
)

// maker says whether a name may be a maker's.
func (l *listRules) maker(name string) bool {
	return l.nameable(name) && !category.MatchString(name) && !categoryJA.MatchString(name) && !listName.MatchString(name)
}

// nameable says whether a text can be the name of a product or maker.
func (l *listRules) nameable(name string) bool {
	words := strings.Fields(name)
	switch {
	case name == "", len(name) > maxName, len(words) > maxNameWords, !hasLetter(name):
		return false
	case startsVersion.MatchString(name), asideName.MatchString(name), generic.MatchString(name), genericJA.MatchString(name), aboutFlaw.MatchString(name):
		return false
	case prose.MatchString(name), statusRemark.MatchString(name), versionOnly.MatchString(name), strings.Contains(name, "://"):
		return false
	}
	return len(advisory.FindCVEs(words[0])) == 0
}

// startsVersion is how the headings of a changelog begin.
var startsVersion = regexp.MustCompile(`(?i)^\[?(?:v|version |release )?\d+\.\d+|^\d{4}[-/.年]\d{1,2}`)

func hasLetter(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 0x7f || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }) >= 0
}

var (
	sectionNouns = regexp.MustCompile(`(?i)\b(?:products?(?: (?:and|&) versions?)?|vendors?|software|services?|applications?|systems?|devices?|items?|components?|distributions?|distros?|packages?|platforms?|companies|suppliers?)\b|製品(?:・?(?:及び|および|と)?バージョン)?|ソフトウェア|サービス|ベンダー?|機器`)
	sectionGlue  = regexp.MustCompile(`(?i)^(?:\(?\d+[.)]|（\d+）|[①-⑳■●◆◇□▼])\s*|^(?:は|が)|。$|\b(?:lists?|of|the|following|known|confirmed|currently|that|which|are|is|to|be|our|these|have been|by|cve-\d{4}-\d+)\b|一覧|リスト|以下の?|次の|(?:は|が)(?:以下|次)の(?:とおり|通り)(?:です)?|の$|^の`)
	sectionWords = regexp.MustCompile(`(?i)^(?:not |un|non-?)?(?:affected|vulnerable|impacted)$|^(?:still |in )?under investigation$|^(?:影響|該当)(?:あり|有り|なし|無し|を受ける|を受けない|を受けます|を受けません|があります|はありません|しない|する|しません|します)$|^調査中(?:です)?$|^対象外?$|^該当$|^非該当$`)
	sectionFixed = regexp.MustCompile(`(?i)^(?:fixed|patched|mitigated|unknown|(?:status )?unknown|対応済み?|修正済み?|対策済み?|不明)$`)
)

// sectionStatus reads a heading below which all have one status: "Products not
// affected". What says "fixed" and names nothing heads a changelog.
func sectionStatus(heading string) (words string, explicit, ok bool) {
	if len(heading) > maxHeading || !hasStatusPart(heading) {
		return "", false, false
	}
	plain := strings.Trim(headingAside.ReplaceAllString(width.Fold.String(heading), " "), " :*_.-–—")
	bare := strings.TrimSpace(sectionNouns.ReplaceAllString(plain, " "))
	explicit = bare != plain
	for range 3 { // what stands at the edge after the rest is gone
		bare = strings.Join(strings.Fields(sectionGlue.ReplaceAllString(bare, " ")), " ")
	}
	if sectionWords.MatchString(bare) && (explicit || bare != "対象" && bare != "該当") {
		return bare, explicit, true
	}
	return bare, explicit, explicit && sectionFixed.MatchString(bare)
}

// namesIn splits a value that lists names.
func namesIn(value string) []string {
	var names []string
	for _, part := range strings.FieldsFunc(value, func(r rune) bool { return slices.Contains([]rune(",、;；"), r) }) {
		names = append(names, strings.TrimSpace(part))
	}
	return names
}
