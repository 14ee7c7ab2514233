package main

import (
	"fmt"
	"time"
)

// words print what a person reads on the terminal, in Japanese or English.
type words struct {
	lang string
	zone *time.Location
}

// say gives the line of a key in the language, with its values put in.
func (w words) say(key string, values ...any) string {
	pair, ok := lines[key]
	if !ok {
		return key // a test looks that every key has words
	}
	line := pair[0]
	if w.lang == "en" {
		line = pair[1]
	}
	if len(values) == 0 {
		return line
	}
	return fmt.Sprintf(line, values...)
}

// when writes a time for a table; a dash where there is none.
func (w words) when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(w.zone).Format("2006-01-02 15:04")
}

// lines are the terminal's words: Japanese, English.
var lines = map[string][2]string{
	"poll.polling":         {"%s を確認しています…", "polling %s…"},
	"poll.head":            {"情報源\t結果\t取得\t新規\t更新\t該当\t通知", "SOURCE\tRESULT\tREAD\tNEW\tREVISED\tMATCHES\tQUEUED"},
	"poll.unchanged":       {"変更なし", "unchanged"},
	"poll.fetched":         {"取得", "fetched"},
	"poll.first":           {"初回取得", "first contact"},
	"poll.failed":          {"失敗", "failed"},
	"poll.entry":           {"  %s: 読めなかった項目: %s", "  %s: entry not read: %s"},
	"poll.warning":         {"  %s: 注意: %s", "  %s: warning: %s"},
	"poll.why":             {"  %s: %s", "  %s: %s"},
	"poll.inventory":       {"資産台帳: 新規・変更 %d 件を既知の情報と照合し、該当 %d 件", "inventory: %d new or changed items matched against what is known: %d matches"},
	"poll.sum":             {"情報源 %d（取得 %d、変更なし %d、失敗 %d）　新規 %d、更新 %d、該当 %d　通知: 登録 %d、送信 %d、再試行待ち %d、送信不能 %d", "%d sources (%d fetched, %d unchanged, %d failed); %d new, %d revised, %d matches; deliveries: %d queued, %d sent, %d to be retried, %d parked"},
	"poll.latest":          {"網羅を保証するものではありません。最新の情報は JPCERT/CC・IPA・各社のページでご確認ください。", "This does not claim to be complete. Check the latest with JPCERT/CC, IPA and the makers."},
	"run.start":            {"%d の情報源を監視します（%s）。終了は Ctrl+C。", "watching %d sources (%s); Ctrl+C stops."},
	"run.stop":             {"停止しました。未送信の通知 %d 件は次回の起動時に送ります。", "stopped; %d deliveries wait for the next start."},
	"sources.head":         {"ID\t発行元\t形式\t確度\t有効\t前回成功\t状態", "ID\tPUBLISHER\tFORMAT\tCONF\tON\tLAST SUCCESS\tSTATE"},
	"sources.never":        {"未取得", "never polled"},
	"sources.ok":           {"正常（%d 件）", "fine (%d items)"},
	"sources.failing":      {"%s から失敗（%d 回）: %s", "failing since %s (%d times): %s"},
	"sources.hidden":       {"ほか %d 件は無効です（--all で表示）", "%d more are off (--all shows them)"},
	"sources.moved":        {"移転先: %s（カタログの更新をご検討ください）", "moved to %s (consider updating the entry)"},
	"test.read":            {"%s: 読めました。情報 %d 件、最新は %s「%s」（%s）", "%s: read %d advisories; the newest is %s “%s” (%s)"},
	"test.empty":           {"%s: 読めましたが、情報は 0 件でした", "%s: read, and it holds no advisories"},
	"test.none":            {"%s: この発行元には hansho が読める配信がありません。ページ: %s", "%s: this publisher has no feed that hansho reads; see %s"},
	"add.none":             {"%s には配信が見つかりませんでした", "no feed found at %s"},
	"add.found":            {"見つかった配信:", "found:"},
	"add.written":          {"%s に %s を追加しました", "added %[2]s to %[1]s"},
	"add.howto":            {"config.yaml の sources に次を書き加えてください（--write で書き込みます）:", "add this under sources in config.yaml (--write does it):"},
	"recommend.head":       {"台帳から見て、次の情報源を有効にすることをお勧めします:", "for your inventory, consider turning these on:"},
	"recommend.none":       {"台帳から新たにお勧めする情報源はありません", "nothing more to recommend for your inventory"},
	"advisories.head":      {"ID\t更新\t深刻度\t表題", "ID\tUPDATED\tSEVERITY\tTITLE"},
	"outbox.head":          {"状態\t宛先\t種別\t予定・送信\t試行\t内容\tキー", "STATE\tTO\tKIND\tWHEN\tTRIES\tABOUT\tKEY"},
	"outbox.empty":         {"送信待ち・送信不能の通知はありません", "nothing is due and nothing is parked"},
	"mailbox.read":         {"新しいメールを %d 通読みました", "%d new mails were read"},
	"outbox.retried":       {"%d 件を再送待ちに戻しました", "%d deliveries will be tried again"},
	"check.fine":           {"%s: 問題ありません（情報源 %d、資産 %d、取引先 %d、経路 %d）", "%s: no mistakes (%d sources, %d items, %d partners, %d routes)"},
	"check.mistakes":       {"%d 件の誤りがあります", "%d mistakes"},
	"import.done":          {"%s: 追加 %d、更新 %d、手修正を優先 %d、消失 %d、復帰 %d", "%s: %d added, %d updated, %d hand edits kept, %d gone, %d back"},
	"import.same":          {"%s: 前回の取り込みと同じ内容です", "%s: the same as last time"},
	"import.updated":       {"%s の %s: 「%s」→「%s」", "%s %s: “%s” → “%s”"},
	"import.kept":          {"%s の %s: 手で直した「%s」を残しました（取り込み元は「%s」）", "%s %s: kept “%s” as edited by hand (the import says “%s”)"},
	"import.missing":       {"%s: 取り込み元から消えました（印を付け、残しています）", "%s: no longer there (marked, not dropped)"},
	"import.returned":      {"%s: 取り込み元に戻りました", "%s: is there again"},
	"import.declared":      {"%s: 手で登録されているため、取り込みません", "%s: declared by hand, so the import leaves it alone"},
	"import.removed":       {"%s: 手で削除されたため、取り込みません", "%s: taken out by hand, so it stays out"},
	"import.nothing":       {"%s: 資産を一件も読み取れなかったため、取り込みませんでした。登録済みの資産はそのままです", "%s: no item could be read, so nothing was imported; what is declared stays"},
	"import.add":           {"config.yaml の inventory に %s を加えてください", "add %s under inventory in config.yaml"},
	"inventory.head":       {"資産\t識別\t版\t候補", "ITEM\tKNOWN\tVERSION\tNEAREST"},
	"inventory.sum":        {"資産 %d 件: 識別済み %d、名称のみ %d、照合できないほど曖昧 %d", "%d items: %d identified, %d by name only, %d too vague to be matched"},
	"known.identified":     {"識別済み", "identified"},
	"known.by_name":        {"名称のみ", "by name only"},
	"known.too_vague":      {"曖昧", "too vague"},
	"coverage.head":        {"資産\t全般の情報源\t有効にできる情報源\t人が見るページ", "ITEM\tGENERAL SOURCES\tCOULD BE TURNED ON\tPAGES FOR PEOPLE"},
	"coverage.all":         {"すべての資産に、開発元を扱う情報源があります", "an enabled source names the maker of every item"},
	"case.head":            {"事案\t状態\t深刻度\t資産\t更新\t件名", "CASE\tSTATE\tSEVERITY\tITEMS\tUPDATED\tNAME"},
	"case.facts":           {"%s　深刻度 %s　発生 %s　確認 %s　担当 %s", "%s  severity %s  opened %s  acknowledged %s  assigned %s"},
	"case.items":           {"資産\t状態\t名称\t製品\t対策版\t根拠\t以来\t次回\t備考", "ITEM\tSTATE\tNAME\tPRODUCT\tFIXED IN\tBY\tSINCE\tNEXT\tNOTE"},
	"case.spoken":          {"開発元の声明 %s", "maker's statement %s"},
	"case.nobody":          {"（問い合わせ先が台帳にありません）", " (nobody to ask in the inventory)"},
	"case.counts":          {"資産：%s", "items: %s"},
	"case.open":            {"対応中", "open"},
	"case.contained":       {"封じ込め済み", "contained"},
	"case.closed":          {"終結", "closed"},
	"comma":                {"、", ", "},
	"item.unknown":         {"未確認", "unknown"},
	"item.asked":           {"問い合わせ中", "asked"},
	"item.affected":        {"影響あり", "affected"},
	"item.not":             {"影響なし", "not_affected"},
	"item.mitigated":       {"回避策適用済み", "mitigated"},
	"item.fixed":           {"対策済み", "fixed"},
	"item.hand":            {"%s（手動）", "%s (by hand)"},
	"event.advisory":       {"情報", "advisory"},
	"event.revision":       {"更新", "revision"},
	"event.state":          {"状態", "state"},
	"event.reversal":       {"訂正", "reversal"},
	"event.enquiry":        {"問い合わせ", "enquiry"},
	"event.letter":         {"文書", "letter"},
	"event.ack":            {"確認", "ack"},
	"event.note":           {"記録", "note"},
	"event.snooze":         {"通知停止", "snooze"},
	"event.merge":          {"統合・分割", "merge"},
	"event.conflict":       {"食い違い", "conflict"},
	"event.check":          {"調査", "check"},
	"case.sources":         {"情報\t更新\t表題\tリンク", "ADVISORY\tUPDATED\tTITLE\tLINK"},
	"case.timeline":        {"日時\t種別\t誰\t内容", "WHEN\tKIND\tWHO\tWHAT"},
	"demo.title":           {"半鐘のデモ — Log4Shell の最初の一週間（2021年12月10日〜17日）", "hansho demo — the first week of Log4Shell (10–17 December 2021)"},
	"demo.company":         {"%s（架空）: 資産 %d 件、取引先 %d 社。通信はこのパソコンの中だけです。", "%s (made up): %d items, %d partners. Nothing leaves this machine."},
	"demo.polled":          {"   %s: 新規 %d、更新 %d、当社に該当 %d", "   %s: %d new, %d revised, %d matches"},
	"demo.same":            {"   %s: 日付や並びだけが変わり、内容は同じ — 通知しません", "   %s: only dates or order changed — nothing to tell"},
	"demo.root":            {"%s", "%s"},
	"demo.reply":           {"%s（同じスレッドへの返信）", "%s (reply in the same thread)"},
	"demo.undelivered":     {"   届かなかった通知 %d 件", "   %d notices did not arrive"},
	"demo.untold":          {"   当社に関係しないため通知しなかった情報 %d 件:", "   %d advisories do not concern the company and were left untold:"},
	"demo.end":             {"一週間の終わりに", "at the end of the week"},
	"demo.sum":             {"  Slack %d 通、メール %d 通。関係しない情報 %d 件は通知していません。", "  %d Slack messages, %d mails; %d advisories that do not concern the company were left untold."},
	"demo.files":           {"ファイル", "Files"},
	"demo.file.store":      {"記録（bbolt）。情報、事案、通知のすべて", "the store (bbolt): advisories, cases, deliveries"},
	"demo.file.page":       {"Slack に届いたメッセージ（ブラウザで開いてください）", "what arrived in Slack (open it in a browser)"},
	"demo.file.slack":      {"同じものを JSON で", "the same as JSON"},
	"demo.file.mail":       {"届いたメール（.eml）", "the mails that arrived (.eml)"},
	"demo.file.letters":    {"作成した文書（HTML）と、受発注システムの調査チェックリスト", "the letters (HTML), and the checklist of the order system"},
	"demo.day.name":        {"事案に名前を付けます: %s", "the case gets its name: %s"},
	"demo.day.aware":       {"全社員に注意喚起を送ります（社内向けは承認不要）", "an awareness notice goes to all staff (inside, no approval is needed)"},
	"demo.day.ask":         {"保守会社 2 社に、当社の資産をまとめて問い合わせます", "two suppliers are asked, each about all our items of theirs"},
	"demo.day.partners":    {"取引先への協力依頼を作成し、%sが承認して送ります", "a request to the partners is drafted, approved by %s and sent"},
	"demo.day.answer":      {"問い合わせに返信が届きました（%s）。担当者が読んで状態にします", "an answer arrived (to %s); a person turns it into states"},
	"demo.day.later":       {"「調査中」との返信が届きました（%s）。回答とは数えず、営業日で確認を続けます", "a reply says that they are still looking (to %s); that is no answer, and it is followed up in working days"},
	"demo.day.workaround":  {"受発注システムに回避策を適用しました", "the order system has its workaround"},
	"demo.day.checks":      {"受発注システムは攻撃を受けたものとして調査します", "the order system is looked at as if it had been attacked"},
	"demo.day.weekly":      {"週次の取引先通知を作成し、%sが承認します。16 時に送ります", "the weekly letters are drafted and approved by %s; they leave at four"},
	"demo.day.reminders":   {"回答を待っている相手への催促 %d 通を下書きしました（承認待ち）", "%d reminders to those whose answer is awaited are drafted (waiting for approval)"},
	"demo.file.config":     {"デモの設定", "the demo's configuration"},
	"demo.file.inventory":  {"デモの資産台帳", "the demo's inventory"},
	"demo.next":            {"次は: hansho case show CVE-2021-44228 -c %s/config.yaml", "next: hansho case show CVE-2021-44228 -c %s/config.yaml"},
	"letter.head":          {"文書\t状態\t宛先\t作成\t承認者\t件名", "LETTER\tSTATE\tTO\tWRITTEN\tBY\tSUBJECT"},
	"letter.draft":         {"下書き", "draft"},
	"letter.unsent":        {"まだ届けられていない配信が %d 件あります。自動で再送します（hansho outbox で確認できます）", "%d deliveries have not arrived yet; they are tried again (hansho outbox shows them)"},
	"answer.kept":          {"%s: 回答を記録しました（%s）", "%s: the answer is kept (%s)"},
	"enquiry.head":         {"問い合わせ\t状態\t相手\t資産\t期限\t催促\t文書", "ENQUIRY\tSTATE\tTO\tITEMS\tDUE\tREMINDED\tLETTER"},
	"enquiry.waiting":      {"承認待ち", "waits for approval"},
	"enquiry.asked":        {"回答待ち", "asked"},
	"enquiry.overdue":      {"期限超過", "overdue"},
	"enquiry.answered":     {"回答あり（未判定）", "answered, to be read"},
	"enquiry.closed":       {"完了", "closed"},
	"enquiry.answer":       {"%s　%s　判定: %s（%s）", "%s  %s  read as: %s (%s)"},
	"ledger.head":          {"取引先\t状態\t種別\t事案\t送信\t期限\t催促\t備考", "PARTNER\tSTATE\tKIND\tCASE\tSENT\tDUE\tREMINDED\tNOTE"},
	"drill.head":           {"資産\t最終状態\t事案\t最初の言及\t通知\t差\t通知数\t最初の情報", "ITEM\tENDS AS\tCASE\tFIRST CLAIM\tTOLD\tAFTER\tNOTICES\tFIRST SAID BY"},
	"drill.sum":            {"再生した文書 %d、新規・変更 %d、うち当社に該当 %d、事案 %d。通知 %d（訂正 %d、変化のないもの %d）", "%d documents replayed; %d new or revised statements, %d of them on our items; %d cases; %d notices (%d reversals, %d that told nothing new)"},
	"drill.missed":         {"通知されなかった要確認の資産 %d: %s", "items in doubt that no notice named: %d: %s"},
	"check.head":           {"結果\t項目\t内容\t所見\t確認者\t日時", "RESULT\tPOINT\tWHAT\tFINDING\tBY\tWHEN"},
	"check.open":           {"未確認", "open"},
	"check.clean":          {"異常なし", "clean"},
	"check.suspicious":     {"要調査", "suspicious"},
	"check.done":           {"実施済み", "done"},
	"stand.queued":         {"承認待ち", "queued"},
	"stand.approved":       {"承認済み・送信待ち", "approved"},
	"stand.rejected":       {"却下", "rejected"},
	"stand.sent":           {"送信済み", "sent"},
	"stand.bounced":        {"不達", "bounced"},
	"stand.answered":       {"回答あり", "answered"},
	"stand.dontknow":       {"「まだ分からない」との回答", "don't know yet"},
	"stand.silent":         {"回答なし", "silent"},
	"verdict.affected":     {"影響あり (affected)", "affected"},
	"verdict.possible":     {"影響の可能性あり (possible)", "possible"},
	"verdict.investigated": {"調査中 (under_investigation)", "under_investigation"},
	"verdict.fixed":        {"修正済み (fixed)", "fixed"},
	"verdict.not_affected": {"影響なし (not_affected)", "not_affected"},
	"why.case":             {"%s での判断: %s（根拠: %s）", "in %s: %s (by %s)"},
	"why.conflict":         {"食い違い: %s", "conflict: %s"},
	"why.none":             {"該当する情報は保存されていません", "the store holds nothing on this"},
	"why.apart":            {"ほか %d 件の情報には、この資産に近い記述がありません", "%d more advisories say nothing near this item"},
	"backup.done":          {"%s に %d バイトを保存しました", "wrote %[2]d bytes to %[1]s"},
	"restore.done":         {"%s を復元しました", "restored %s"},
	"report.head":          {"ID\t日時\t状態\t部署\t報告者\t製品\tバージョン\t備考", "ID\tWHEN\tSTATE\tDEPARTMENT\tWHO\tPRODUCT\tVERSION\tREMARKS"},
	"report.none":          {"利用状況の報告はありません", "nobody has reported anything"},
	"report.missing":       {"まだ報告のない部署: %s", "departments that have not reported: %s"},
	"report.accepted":      {"%s を台帳に加えました", "%s is in the inventory now"},
	"report.dropped":       {"%s を見送りました", "%s is dropped"},
	"silence.head":         {"事案\t終わり\t誰\t理由", "CASE\tUNTIL\tWHO\tREASON"},
	"silence.none":         {"止めている通知はありません", "nothing is silenced"},
}
