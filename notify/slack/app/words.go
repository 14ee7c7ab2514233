package app

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"hansho/notify/markup"
	base "hansho/notify/slack"
)

// say gives the words of a key in a language, with its values put in.
func say(lang, key string, values ...any) string {
	pair, ok := lines[key]
	if !ok {
		panic("slack app: no words for " + key) // a test runs every key
	}
	line := pair[0]
	if lang == "en" {
		line = pair[1]
	}
	if len(values) == 0 {
		return line
	}
	return fmt.Sprintf(line, values...)
}

// lines are all words that this package shows: Japanese, English.
var lines = map[string][2]string{
	"ack":     {"確認しました", "Seen"},
	"take":    {"担当する", "I take it"},
	"notours": {"該当なし", "Not ours"},
	"snooze":  {"後で", "Later"},
	"details": {"詳細", "Details"},
	"approve": {"承認する", "Approve"},
	"reject":  {"差し戻す", "Reject"},
	"accept":  {"台帳に加える", "Add to inventory"},
	"drop":    {"見送る", "Drop"},
	"report":  {"利用状況を報告", "Report what we use"},

	"submit": {"記録する", "Save"},
	"close":  {"閉じる", "Close"},
	"why":    {"理由", "Reason"},

	"ack.done":      {"「%s」の確認を記録しました。", "Noted that you have seen “%s”."},
	"ack.already":   {"「%s」は %s さんが確認済みです。", "%[2]s has already seen “%[1]s”."},
	"take.done":     {"「%s」の担当者として記録しました。", "You now work on “%s”."},
	"take.already":  {"「%s」の担当者はすでにあなたです。", "You already work on “%s”."},
	"notours.done":  {"「%s」の %d 件を「影響なし」と記録しました。", "“%s”: %d items set to not affected."},
	"notours.title": {"該当なしとする", "Not ours"},
	"notours.which": {"該当しない資産", "Items that it does not hit"},
	"notours.hint":  {"例：該当機能を使用していない、該当バージョンではない", "For example: the feature is off; another version runs"},
	"notours.none":  {"この事案に、判断を待つ資産はありません。", "No item of this case waits for a decision."},
	"notours.pick":  {"資産を選び、理由を書いてください。", "Choose items and give a reason."},
	"snooze.title":  {"後で知らせる", "Put it off"},
	"snooze.until":  {"いつまで", "Until"},
	"snooze.done":   {"「%s」を %s まで止めました。期限になったらお知らせします。「影響なし」の訂正は止まりません。", "“%s” is quiet until %s, when you will hear of it; corrections of “not affected” still come."},
	"snooze.1h":     {"1 時間後", "in 1 hour"},
	"snooze.4h":     {"4 時間後", "in 4 hours"},
	"snooze.day":    {"明日 9:00", "tomorrow 9:00"},
	"snooze.3d":     {"3 日後 9:00", "in 3 days, 9:00"},
	"snooze.1w":     {"1 週間後 9:00", "in a week, 9:00"},
	"details.title": {"事案の詳細", "Case"},
	"timeline":      {"経過", "Timeline"},

	"event.advisory": {"情報", "advisory"},
	"event.revision": {"情報の更新", "revision"},
	"event.state":    {"判断", "state"},
	"event.reversal": {"「影響なし」の訂正", "reversal"},
	"event.enquiry":  {"問い合わせ", "enquiry"},
	"event.letter":   {"文書", "letter"},
	"event.ack":      {"確認", "seen"},
	"event.note":     {"記録", "note"},
	"event.snooze":   {"後で", "put off"},
	"event.until":    {"%s まで", "until %s"},
	"event.merge":    {"統合・分割", "merge"},
	"event.conflict": {"食い違い", "conflict"},
	"event.check":    {"調査", "check"},

	"denied":            {"この操作は、設定で許可された担当者だけが行えます。システム管理者（config.yaml の slack_app.operators）にご相談ください。", "Only configured operators may do this; ask whoever keeps config.yaml (slack_app.operators)."},
	"denied.approve":    {"文書の承認は、設定された承認者だけが行えます（config.yaml の slack_app.approvers）。", "Only configured approvers may decide on letters (slack_app.approvers in config.yaml)."},
	"failed":            {"処理できませんでした：%s", "This did not work: %s"},
	"approve.done":      {"文書「%s」を承認しました。", "Letter “%s” is approved."},
	"reject.done":       {"文書を差し戻しました。", "The letter is rejected."},
	"reject.title":      {"文書を差し戻す", "Reject the letter"},
	"approve.title":     {"文書の確認と承認", "Read and approve"},
	"read":              {"全文を読んで承認する（%d 字）", "Read all %d characters and approve"},
	"letters.title":     {"承認を待つ文書", "Letters that wait for approval"},
	"letters.head":      {"承認を待つ文書（%d 件）", "Letters that wait for approval (%d)"},
	"letters.more":      {"ほかの %d 件を見る", "Show the other %d"},
	"letters.changed":   {"表示の後に文書が書き換えられたため、承認していません。/hansho letters でもう一度確認してください。", "The letter was changed after it was shown here, so it is not approved. Read it again: /hansho letters."},
	"letters.gone":      {"この文書は承認待ちではありません（すでに承認・差し戻しされたか、取り下げられました）。", "This letter no longer waits: it was approved, rejected or withdrawn."},
	"letters.elsewhere": {"この文書は Slack に全文を表示できないため、ここでは承認できません。管理サーバーで「hansho letter show %s」を実行して確認してください。", "This letter is too long for Slack and can't be approved here; see hansho letter show %s on the server."},
	"busy":              {"混み合っているため処理できませんでした。少し待って、もう一度操作してください。", "Too much at once, so this was not done. Please try again in a moment."},
	"letters.row":       {"%s（%s、宛先：%s）", "%s (%s, to %s)"},
	"letters.none":      {"承認を待つ文書はありません。", "No letter waits for approval."},
	"status.none":       {"対応中の事案はありません。", "No case is open."},
	"status.head":       {"対応中の事案 %d 件", "%d open cases"},
	"status.more":       {"ほか %d 件は `hansho case list` で確認できます。", "%d more: see hansho case list."},
	"status.missing":    {"%s の事案はありません。hansho が知る限り、当社の資産には関係していません。", "There is no case %s: as far as hansho knows it concerns nothing of ours."},
	"status.line":       {"%s%s　%s　影響あり %d／要確認 %d", "%s%s  %s  affected %d, to check %d"},
	"status.acked":      {"確認：%s", "seen by %s"},
	"status.unacked":    {"未確認", "not acknowledged"},
	"search.head":       {"「%s」を含む事案 %d 件", "%[2]d cases with “%[1]s”"},
	"search.usage":      {"探す言葉を書いてください：/hansho search Apache", "Give a word: /hansho search Apache"},
	"sub.done":          {"登録しました：%s（%s に通知します。解除は /hansho unsubscribe %s）", "Subscribed: %s (told in %s; end it with /hansho unsubscribe %s)"},
	"sub.here":          {"ここ", "this place"},
	"sub.you":           {"あなた", "you"},
	"sub.usage":         {"使い方：/hansho subscribe product Apache Log4j（product, vendor, severity, owner, tag, item, source）", "Usage: /hansho subscribe product Apache Log4j (product, vendor, severity, owner, tag, item, source)"},
	"sub.none":          {"ここには登録がありません。", "Nothing is subscribed here."},
	"sub.row":           {"%s　%s %s（%s さん）", "%s  %s %s (by %s)"},
	"sub.invite":        {"チャンネルに届くには、hansho の参加が必要です（/invite @hansho）。", "For messages to arrive, invite the bot: /invite @hansho."},
	"unsub.done":        {"登録を解除しました。", "The subscription is ended."},
	"unsub.missing":     {"「%s」という登録はここにはありません。/hansho subscriptions で ID を確認してください。", "Nothing is subscribed here as %s; see /hansho subscriptions."},
	"unsub.usage":       {"使い方：/hansho unsubscribe ID（ID は /hansho subscriptions に出ます）", "Usage: /hansho unsubscribe ID (see /hansho subscriptions)"},
	"report.title":      {"利用状況の報告", "What we use"},
	"report.dept":       {"部署", "Department"},
	"report.product":    {"ソフトウェア・サービス・機器の名前", "Software, service or device"},
	"report.version":    {"バージョン（分かれば）", "Version (if known)"},
	"report.remarks":    {"備考（用途、台数、購入先など）", "Remarks (purpose, number, supplier)"},
	"report.done":       {"報告を受け付けました。ありがとうございます：%s", "Thank you, your report is in: %s"},
	"report.row":        {"%s　%s %s（%s、%s さん）%s", "%s  %s %s (%s, %s) %s"},
	"report.accepted":   {"台帳に加えました：%s", "Added to the inventory: %s"},
	"report.dropped":    {"報告を見送りました：%s", "The report is dropped: %s"},
	"reports.head":      {"利用状況の報告（%d 件）", "Reports of what is used (%d)"},
	"reports.none":      {"未処理の報告はありません。", "No report waits."},
	"reports.missing":   {"まだ報告のない部署：%s", "Departments that have not reported: %s"},
	"home.title":        {"半鐘 — あなたの事案", "hansho — your cases"},
	"home.mine":         {"あなたが担当する事案", "Cases that you work on"},
	"home.dept":         {"%s の資産に関わる事案", "Cases with items of %s"},
	"home.nodept":       {"あなたの部署が登録されていません（config.yaml の slack_app.departments）。", "Your department is not configured (slack_app.departments in config.yaml)."},
	"home.waiting":      {"確認を待つ事案", "Cases that nobody has acknowledged"},
	"home.nothing":      {"ありません", "none"},
	"home.latest":       {"%s 現在。網羅を保証するものではありません。最新の情報は JPCERT/CC・IPA・各社のページでご確認ください。", "As of %s. This does not claim to be complete; check JPCERT/CC, IPA and the makers for the latest."},
	"help": {`/hansho status [CVE番号]　対応中の事案、または一つの事案
/hansho search 言葉　　　　事案を探す
/hansho subscribe 種別 値　このチャンネルで通知を受ける（product, vendor, severity, owner, tag, item, source）
/hansho subscriptions　　　このチャンネルの登録
/hansho unsubscribe ID　　登録の解除
/hansho report　　　　　　部署で使うものを報告する
/hansho reports　　　　　 届いた報告（担当者向け）
/hansho letters　　　　　　承認を待つ文書（承認者向け）`, `/hansho status [CVE]       open cases, or one
/hansho search WORD        find cases
/hansho subscribe KIND VALUE  be told here (product, vendor, severity, owner, tag, item, source)
/hansho subscriptions      what is subscribed here
/hansho unsubscribe ID     end a subscription
/hansho report             report what your department uses
/hansho reports            reports that came in (operators)
/hansho letters            letters that wait (approvers)`},
	"unknown": {"「%s」という命令はありません。", "There is no command “%s”."},
}

// escape makes text harmless in Slack's mrkdwn.
func escape(s string) string { return base.Escape(s) }

// oneLine makes one line of at most limit characters of what came from outside.
func oneLine(s string, limit int) string {
	s = strings.Join(strings.Fields(markup.Clean(s)), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return markup.Cut(s, limit)
}
