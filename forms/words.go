package forms

import (
	"fmt"
	"time"
)

// words is a language, ja or en, in which the pages speak.
type words string

// say gives the line of a key in the language, with its values put in.
func (w words) say(key string, values ...any) string {
	pair, ok := lines[key]
	if !ok {
		return key // a test looks that every key has words
	}
	line := pair[0]
	if w == "en" {
		line = pair[1]
	}
	if len(values) == 0 {
		return line
	}
	return fmt.Sprintf(line, values...)
}

func (w words) choice(c string) string     { return w.say("choice." + c) }
func (w words) itemChoice(c string) string { return w.say("item." + c) }

// Say gives a line of the page's words.
func (v view) Say(key string, values ...any) string { return words(v.Lang).say(key, values...) }

// Both gives a line in both languages.
func (view) Both(key string) [2]string { return lines[key] }

// Day writes a day as the language does.
func (v view) Day(t time.Time) string { return words(v.Lang).day(t.In(v.Zone)) }

// DueDay writes the day by which an answer is asked for.
func (v view) DueDay() string {
	t, err := time.Parse(time.DateOnly, v.Q.Due)
	if err != nil {
		return v.Q.Due
	}
	return words(v.Lang).day(t)
}

// Time writes a time of the day, too.
func (v view) Time(t time.Time) string { return v.Day(t) + t.In(v.Zone).Format(" 15:04") }

// LastChoice gives the words of the newest answer.
func (v view) LastChoice() string {
	if v.Q.Last == nil {
		return ""
	}
	return words(v.Lang).choice(string(v.Q.Last.Choice))
}

var weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

func (w words) day(t time.Time) string {
	if w == "en" {
		return t.Format("Monday, 2 January 2006")
	}
	return t.Format("2006年1月2日(") + weekdays[t.Weekday()] + ")"
}

// lines are the pages' words: Japanese, English.
var lines = map[string][2]string{
	"lang.ja": {"日本語で表示", "日本語"},
	"lang.en": {"English", "Show in English"},

	"to":      {"%s 御中", "For %s"},
	"subject": {"お送りした文書", "Our letter"},
	"case":    {"件名", "Matter"},
	"due":     {"ご回答の期限", "Please answer by"},
	"ref":     {"整理番号", "Reference"},
	"contact": {"ご不明な点は、下記までお問い合わせください。", "If anything is unclear, please contact us:"},
	"by":      {"（%s付）", " (%s)"},

	"answer.title":   {"影響の有無のご回答", "Are you affected?"},
	"answer.lead":    {"お忙しいところ恐れ入ります。本件による貴社への影響について、現時点で分かっている範囲でお知らせください。調査中の場合は、その旨だけでも差し支えございません。", "Please tell us, as far as you know today, whether this matter affects your company. If you are still checking, a word that says so already helps."},
	"supplier.title": {"ご提供いただいている製品・サービスについてのご回答", "About what you supply to us"},
	"supplier.lead":  {"お忙しいところ恐れ入ります。対象の製品・サービスごとに、現時点で分かっている範囲でお知らせください。調査中の場合は、その旨だけでも差し支えございません。", "Please tell us, as far as you know today, how each of these stands. If you are still checking, a word that says so already helps."},
	"answer.again":   {"%s に「%s」とのご回答をいただいています。変わった場合は、あらためてお送りください。これまでのご回答も残ります。", "On %s you answered “%s”. If that has changed, please answer again; we keep both."},

	"choice":               {"貴社への影響", "Is your company affected?"},
	"choice.affected":      {"影響あり", "Yes, we are affected"},
	"choice.not_affected":  {"影響なし", "No, we are not affected"},
	"choice.investigating": {"調査中（まだ分からない）", "Still checking (we don't know yet)"},
	"choice.other":         {"その他", "Other"},

	"item.all":           {"貴社より弊社にご提供いただいているすべての製品・サービス", "Everything that you supply to us"},
	"item.choice":        {"影響の有無", "Is it affected?"},
	"item.affected":      {"影響を受ける", "Yes, it is affected"},
	"item.not_affected":  {"影響を受けない", "No, it is not affected"},
	"item.investigating": {"調査中（まだ分からない）", "Still checking (not known yet)"},
	"item.fixed":         {"対策版のバージョンと提供時期", "Fixed version, and when it is available"},
	"item.workaround":    {"対策版がない場合の回避策（手順の掲載先でも可）", "Workaround, if there is no fixed version (an address is enough)"},

	"note":        {"補足", "Anything to add"},
	"note.hint":   {"被害の有無、回答の見込み時期など。「その他」の場合は必ずご記入ください。", "Harm done, when you expect to know, and so on. Please fill this in if you chose “Other”."},
	"note.items":  {"回答の見込み時期、公表情報の掲載先など。", "When you expect to know, where you have published a statement, and so on."},
	"name":        {"ご回答者のお名前・部署", "Your name and department"},
	"optional":    {"任意", "optional"},
	"required":    {"必須", "required"},
	"send":        {"回答を送る", "Send the answer"},
	"answer.note": {"送信後も、このページから内容を変更できます。このページのアドレスは貴社専用です。社外の方には転送なさらないでください。", "You can change your answer on this page later. Its address is for your company alone; please don't pass it on outside."},
	"thanks":      {"ご回答を受け付けました", "We have your answer"},
	"thanks.lead": {"ご協力ありがとうございます。弊社の担当者が内容を確認いたします。", "Thank you. Our people will read it."},
	"thanks.kept": {"受け付けた回答", "What we have"},
	"thanks.time": {"受付日時", "Received"},
	"thanks.more": {"分かりしだい、このページからあらためてお知らせください。", "When you know more, please answer again on this page."},
	"change":      {"回答を変更する", "Change the answer"},

	"report.title":     {"業務で使っているものの報告", "What do you use for work?"},
	"report.lead":      {"業務で使っているソフトウェア、クラウドサービス、機器をお知らせください。個人の判断で入れたものや、名前やバージョンがはっきりしないものも含みます。報告したことで責められることはありません。", "Please tell us which software, cloud services and devices you use for work, including what you installed yourself and what you are not sure about. Nobody is blamed for reporting."},
	"report.name":      {"お名前", "Your name"},
	"department":       {"部署", "Department"},
	"department.pick":  {"選んでください", "Please choose"},
	"department.more":  {"この中にない（下に記入）", "Not on this list (write it below)"},
	"department.other": {"部署名", "Name of the department"},
	"department.if":    {"一覧にない場合だけ", "only if it is not on the list"},
	"uses":             {"使っているもの", "What you use"},
	"uses.hint":        {"1 行に 1 つずつ。バージョンが分かれば、読点の後に書いてください（例：例示チャット、4.35）。", "One a line. If you know the version, write it after a comma (such as: Example Chat, 4.35)."},
	"nothing":          {"会社から支給されたもの以外は使っていない", "I use nothing beyond what the company gave me"},
	"remarks":          {"備考", "Remarks"},
	"remarks.hint":     {"用途、台数、購入先など。", "What for, how many, where bought, and so on."},
	"report.send":      {"報告する", "Report"},
	"report.thanks":    {"報告を受け付けました", "Your report is in"},
	"report.lead2":     {"ありがとうございます。担当者が内容を確認します。思い出したものがあれば、いつでも追加で報告してください。", "Thank you. Somebody will look at it. If anything else comes to mind, report it at any time."},
	"report.more":      {"続けて報告する", "Report more"},
	"report.urgent":    {"様子がおかしい、攻撃を受けたかもしれないというときは、この画面ではなく、すぐに電話などでご連絡ください。", "If something seems wrong, or you may have been attacked, don't use this page: call us at once."},

	"wrong":            {"入力内容をご確認ください", "Please check what you entered"},
	"wrong.choice":     {"一つ選んでください。", "Please choose one."},
	"wrong.other":      {"「その他」の内容をご記入ください。", "Please say what “Other” is."},
	"wrong.long":       {"%d 文字以内でご記入ください。", "Please write at most %d characters."},
	"wrong.name":       {"お名前をご記入ください。", "Please write your name."},
	"wrong.department": {"部署を選ぶか、ご記入ください。", "Please choose your department, or write it."},
	"wrong.uses":       {"使っているものをご記入ください。ない場合は、下の「使っていない」を選んでください。", "Please write what you use, or tick the box below if there is nothing."},
	"wrong.both":       {"使っているものが記入されています。どちらか一方にしてください。", "You also wrote what you use; please choose one of the two."},
	"wrong.lines":      {"%d 行以内、1 行 %d 文字以内でご記入ください。", "Please write at most %d lines of at most %d characters."},

	"kept.choice":     {"影響の有無：%s", "Affected: %s"},
	"kept.item":       {"■ %s：%s", "* %s: %s"},
	"kept.fixed":      {"　対策版：%s", "  Fixed version: %s"},
	"kept.workaround": {"　回避策：%s", "  Workaround: %s"},

	"gone":           {"このページは開けません", "This page can't be opened"},
	"gone.lead":      {"アドレスが正しくないか、ご利用いただける期間が終わっています。お手数ですが、お手元のメールにそのままご返信ください。", "Its address is not right, or its time is over. Please reply to the mail that you have instead."},
	"busy":           {"混み合っています", "Too much at once"},
	"busy.lead":      {"少し時間をおいて、もう一度お試しください。", "Please try again in a little while."},
	"full":           {"これ以上は受け付けられません", "No more can be taken here"},
	"full.lead":      {"このページからの送信が上限に達しました。お手数ですが、お手元のメールにご返信ください。", "This page has been used as often as it can be. Please reply to the mail that you have instead."},
	"broken":         {"送信された内容を読み取れませんでした", "What was sent can't be read"},
	"broken.lead":    {"前の画面に戻り、文章を短くするなどして、もう一度お試しください。", "Please go back and try again, with fewer words perhaps."},
	"elsewhere":      {"この画面からは送信できません", "This can't be sent from there"},
	"elsewhere.lead": {"お手元のメールのリンクからページを開き直して、もう一度お試しください。", "Please open the page anew by the link in your mail and try again."},
	"failed":         {"受け付けられませんでした", "This did not work"},
	"failed.lead":    {"内容は保存されていません。時間をおいてもう一度お試しいただくか、お手元のメールにご返信ください。", "Nothing was kept. Please try again later, or reply to the mail that you have."},
}
