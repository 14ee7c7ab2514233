package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hansho/cases"
	"hansho/cmd/hansho/demo"
	"hansho/notify"
	"hansho/pipeline"
)

// demoCase is what the demo's people call the case.
const demoCase = "Log4Shell"

// The demo's people.
const (
	demoClerk = "小林"
	demoChief = "情報システム部長"
)

// people does what the sample company's people do on a day of the week, after
// the sources have spoken: the letters, the enquiries, the answers.
func (d *demoRun) people(ctx context.Context, at time.Time) error {
	days := map[string]func(context.Context, *pipeline.Desk) error{
		"1213": d.monday, "1214": d.tuesday, "1215": d.wednesday, "1217": d.friday,
	}
	day, ok := days[at.In(demo.JST).Format("0102")]
	if !ok {
		return nil
	}
	fmt.Fprintln(d.out)
	if err := day(ctx, d.app.pipeline.Desk()); err != nil {
		return fmt.Errorf("letters: %w", err)
	}
	return d.post(ctx)
}

// post delivers what was released, and shows each letter in a line.
func (d *demoRun) post(ctx context.Context) error {
	if _, err := d.app.dispatcher.Drain(ctx); err != nil {
		return err
	}
	if _, err := d.app.pipeline.Desk().Reconcile(ctx); err != nil {
		return err
	}
	sent, err := d.sentSince(ctx)
	if err != nil {
		return err
	}
	for _, x := range sent {
		d.told++
		subject := ""
		if x.Notice.Letter != nil {
			subject = x.Notice.Letter.Subject
		} else if doc, err := d.app.templates.Render(x.Notice, notify.Root); err == nil {
			subject = doc.Subject
		}
		fmt.Fprintf(d.out, "  %s %s\n", d.style.fine("✉ "+x.Address.String()), d.style.bold(printable(subject)))
	}
	return nil
}

// act says what a person does.
func (d *demoRun) act(line string) { fmt.Fprintln(d.out, "  "+d.style.dim("· "+line)) }

func (d *demoRun) monday(ctx context.Context, desk *pipeline.Desk) error {
	d.act(d.say("demo.day.name", demoCase))
	if _, err := desk.Open(ctx, "CVE-2021-44228", demoCase, demoClerk); err != nil {
		return err
	}
	d.act(d.say("demo.day.aware"))
	inside, err := desk.Draft(ctx, pipeline.Draft{Kind: "awareness", Case: demoCase, Who: demoClerk, Lang: d.lang})
	if err != nil {
		return err
	}
	if _, err := desk.SendLetter(ctx, inside[0].ID, demoClerk); err != nil {
		return err
	}
	d.act(d.say("demo.day.ask"))
	for _, supplier := range []string{"toto", "keiyo"} {
		list, err := desk.OpenEnquiries(ctx, demoCase, supplier, demoClerk)
		if err != nil {
			return err
		}
		if err := desk.ApproveLetter(ctx, list[0].Letter, demoChief); err != nil {
			return err
		}
	}
	d.act(d.say("demo.day.partners", demoChief))
	return d.approve(ctx, desk, "partner-request")
}

// approve drafts a letter to the partners and has it approved.
func (d *demoRun) approve(ctx context.Context, desk *pipeline.Desk, kind string) error {
	list, err := desk.Draft(ctx, pipeline.Draft{Kind: kind, Case: demoCase, Who: demoClerk})
	if err != nil {
		return err
	}
	for _, l := range list {
		if err := desk.ApproveLetter(ctx, l.ID, demoChief); err != nil {
			return err
		}
	}
	return nil
}

// reply takes in a supplier's reply to its enquiry, as it reaches the mailbox. It
// gives the enquiry and the letter that it answers.
func reply(ctx context.Context, desk *pipeline.Desk, supplier, from, date, text string) (cases.Enquiry, string, error) {
	e, err := desk.Enquiry(ctx, "enq-CVE-2021-44228-"+supplier)
	if err != nil {
		return e, "", err
	}
	l, err := desk.Letter(ctx, e.Letter)
	if err != nil {
		return e, "", err
	}
	matched, err := desk.TakeReply(ctx, fmt.Appendf(nil, replyMail, from, l.Token, l.MessageID, supplier, date, text))
	return e, matched, err
}

const replyMail = "From: %s\r\nTo: joho@minato.example\r\nSubject: Re: [%s]\r\nIn-Reply-To: <%s>\r\n" +
	"Message-ID: <1@%s.example>\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s"

const laterText = `みなと精工株式会社 情報システム部 御中

平素より大変お世話になっております。京葉情報サービスでございます。
ご照会の件、弊社開発部門にて現在調査中でございます。
結果が判明次第、あらためてご連絡いたします。
`

const answerText = `みなと精工株式会社 情報システム部 御中

お世話になっております。東都システム開発の木村です。
お問い合わせの件、下記のとおりご回答いたします。

1. 受発注Web 3.2: 影響を受けます（Apache Log4j 2.14.1 を使用）
   EDI連携サーバ 1.8: 影響を受けません（Log4j を使用していません）
2. 対策版: 受発注Web 3.2.1（12月16日提供予定）
3. それまでの回避策: JndiLookup クラスの削除（手順書を添付いたします）
`

func (d *demoRun) tuesday(ctx context.Context, desk *pipeline.Desk) error {
	e, matched, err := reply(ctx, desk, "toto", "木村 健 <support@toto.example>", "Tue, 14 Dec 2021 15:20:00 +0900", answerText)
	if err != nil {
		return err
	}
	d.act(d.say("demo.day.answer", matched))
	for _, in := range []pipeline.Accepted{
		{Item: "order-system", State: cases.ItemAffected, Fixed: "3.2.1", Note: "受発注Web 3.2 は Log4j 2.14.1 を使用"},
		{Item: "edi", State: cases.ItemNotAffected, Note: "Log4j を使用していない"},
	} {
		in.Enquiry, in.Who = e.ID, demoClerk
		if _, err := desk.AcceptAnswer(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

func (d *demoRun) wednesday(ctx context.Context, desk *pipeline.Desk) error {
	_, matched, err := reply(ctx, desk, "keiyo", "helpdesk@keiyo.example", "Wed, 15 Dec 2021 11:05:00 +0900", laterText)
	if err != nil {
		return err
	}
	d.act(d.say("demo.day.later", matched))
	d.act(d.say("demo.day.workaround"))
	h := cases.Hand{State: cases.ItemMitigated, Who: demoClerk, Note: "JndiLookup クラスを削除", Next: "2021-12-17", Fixed: "3.2.1"}
	if _, err := desk.SetItem(ctx, demoCase, "order-system", h); err != nil {
		return err
	}
	d.act(d.say("demo.day.checks"))
	lists, err := d.app.checklists()
	if err != nil {
		return err
	}
	for point, c := range map[string]cases.Check{
		"preserve":     {State: cases.CheckDone, Finding: "アクセスログ 11/1〜12/15 を NAS に保全"},
		"logs-exploit": {State: cases.CheckSuspicious, Finding: "12/12 03:41 jndi:ldap を含む要求 2 件。応答は 400"},
		"traffic":      {State: cases.CheckClean, Finding: "外向きの LDAP・RMI 通信なし（FW ログ 12/1〜12/15）"},
		"update":       {State: cases.CheckDone, Finding: "クラス削除を確認。3.2.1 は 12/17 夜に適用予定"},
	} {
		c.By = demoClerk
		if err := desk.SetCheck(ctx, lists, demoCase, "order-system", point, c); err != nil {
			return err
		}
	}
	return nil
}

func (d *demoRun) friday(ctx context.Context, desk *pipeline.Desk) error {
	d.act(d.say("demo.day.weekly", demoChief))
	ran, err := desk.Round(ctx)
	if err != nil {
		return err
	}
	for _, l := range ran.Weekly {
		if err := desk.ApproveLetter(ctx, l.ID, demoChief); err != nil {
			return err
		}
	}
	d.act(d.say("demo.day.reminders", len(ran.Reminders)))
	d.clock.set(time.Date(2021, 12, 17, 16, 0, 0, 0, demo.JST))
	_, err = desk.Round(ctx)
	return err
}

// letterFiles writes the letters and the checklist for people to look at, and
// prints how each letter stands.
func (d *demoRun) letterFiles(ctx context.Context) error {
	dir := filepath.Join(d.dir, "letters")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	desk := d.app.pipeline.Desk()
	list, err := desk.Letters(ctx, "", "")
	if err != nil {
		return err
	}
	for _, l := range list {
		if err := os.WriteFile(filepath.Join(dir, l.ID+".html"), []byte(l.HTML), 0o600); err != nil {
			return err
		}
	}
	lists, err := d.app.checklists()
	if err != nil {
		return err
	}
	points, it, err := desk.Checklist(ctx, lists, demoCase, "order-system")
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := d.app.printChecklist(&b, points, it, false); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "\n%s\n", b.String())
	if err := os.WriteFile(filepath.Join(dir, "checklist-order-system.txt"), []byte(b.String()), 0o600); err != nil {
		return err
	}
	return d.app.printLetters(d.out, list, false)
}
