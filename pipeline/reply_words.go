package pipeline

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"
)

// ownWords gives what the writer of a reply wrote: what stands above the mail
// that is quoted, without quoted lines and without the signature. A reply below
// its quotation gives what is not quoted there.
func ownWords(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case quoteHead.MatchString(line) || line == "--":
			if len(out) > 0 {
				return strings.Join(out, "\n")
			}
		case strings.HasPrefix(line, ">") || strings.HasPrefix(line, "＞") || strings.HasPrefix(line, "|") || line == "":
			if line == "" && len(out) > 0 {
				out = append(out, "")
			}
		default:
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// quoteHead is the line that mail programs put over the mail they quote.
var quoteHead = regexp.MustCompile(`(?i)^(-{2,}\s*(original message|forwarded message|元のメッセージ|転送メッセージ)\s*-{2,}` +
	`|_{10,}|on .{5,120} wrote:|.{0,120}(さんは書きました|は書きました|のメール|wrote)[:：]` +
	`|\d{4}年\d{1,2}月\d{1,2}日.{0,120}[:：]|\d{4}[-/]\d{1,2}[-/]\d{1,2}.{0,120}[:：]` +
	`|(from|差出人|送信者|発信者)\s*[:：].{0,200})$`)

// StillLooking says whether a reply plainly says that its writer doesn't know yet
// and says nothing else: then, and only then, it is no answer. A reply that says
// both of different products is for a person to read.
func StillLooking(text string) bool {
	looking := false
	for _, s := range sentences(ownWords(text)) {
		switch {
		case saysPending(s):
			looking = true
		case saysAnswer(s):
			return false
		}
	}
	return looking
}

// sentences cuts text where a sentence ends, and joins lines that were broken
// inside of one where the language needs no space.
func sentences(text string) []string {
	text = strings.ToLower(width.Fold.String(text))
	cut := func(r rune) bool { return strings.ContainsRune("。.!?\n", r) }
	var out []string
	for _, s := range strings.FieldsFunc(text, cut) {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// saysPending says whether a sentence says that somebody is still finding out.
func saysPending(s string) bool { return stillWords.MatchString(s) && !doneWords.MatchString(s) }

// saysAnswer says whether a sentence answers one of the questions.
func saysAnswer(s string) bool { return answerWords.MatchString(s) && !openWords.MatchString(s) }

// anyOf joins expressions.
func anyOf(words ...string) *regexp.Regexp { return regexp.MustCompile(strings.Join(words, "|")) }

var (
	stillWords = anyOf(
		`(調査|確認|検証|精査|照会|問い?合わ?せ)(を?(進|すす)めて|を?(行|おこな)って|を?続けて|を?継続|を?実施し)`,
		`(調査|確認|検証|精査|照会|問い?合わ?せ)中`, `調査(を|いた)?して?(おり|い)ます`, `調査いたしております`,
		`(有無|どうか|否か|影響|状況|範囲)(を|につ[きい]て?、?(は|も)?|に関して(は|も)?)、?(現在|ただいま|目下|引き続き)?(確認|検証)(いた)?して(おり|い)ます`,
		`未確認`, `未だ不明`, `(まだ|いまだ|現時点では?|現在のところ|今のところ)、?.{0,12}(分かり|わかり|判り|判明して(い|おり)ま|不明|お答えでき|回答でき|ご回答でき|把握でき|確認でき)(ま?せん|ない|ていません|ており?ません|ておりません)?`,
		`(判明|分かり|わかり|確認(が|の)?(でき|取れ|とれ)?|調査(が)?(でき|完了し)|結果が(出|判明し)|回答(が)?(あり|得られ))次第`,
		`確認の?(うえ|上)、?(改めて|あらためて|追って|後日|折り返し)`, `確認して、?(改めて|あらためて|追って|後日|折り返し)`,
		`under (active |vendor )?investigation`, `(still|currently|now|are|am|is) (looking into|investigating|checking|assessing|analy[sz]ing)`,
		`(still|currently) (being )?(under review|investigated|checked|assessed|analy[sz]ed|reviewed|in progress)`,
		`(do not|don't|don’t|cannot|can't|can’t|unable to|not able to|not) (yet )?(know|say|tell|confirm|answer|determine)d?\b.{0,60}\b(yet|at this (time|point|stage)|at the moment)`,
		`(do not|don't|don’t) yet know`, `not (yet )?known( yet)?\b`, `yet to (confirm|determine|establish|verify)`, `to be (determined|confirmed)`,
		`(awaiting|waiting for) (an? )?(answer|confirmation|word|reply|response|information)`, `will (get back to|update|inform|let) you (know )?(once|when|as soon as|after)`,
	)
	// doneWords take a sentence's stillWords back: it is over, it is denied, it is a
	// condition, or it is asked of us.
	doneWords = anyOf(
		`(調査|確認|検証|問い?合わ?せ)(中|)(では|じゃ)(ありません|ございません|ない)`, `調査(が|は|を)?(完了|終了|終え|終わ)(いた|し|り|っ|え|ま)`,
		`中の場合`, `中でしたが`, `中でございましたが`, `ことを(確認|検証)`, `(ない|無い|ある|有る|なし|あり)と(確認|判断|判明)`,
		`no longer`, `not under investigation`, `investigation (is|has been|was) (complete|completed|finished|closed|over)`, `(completed|finished|concluded) (our|the|its) investigation`, `\bif you\b`, `(would be|is) (enough|helpful)`, `was under investigation`,
	)
	answerWords = anyOf(
		`影響を?(受け|うけ)(ます|ません|ない|る|ております|ておりません|ていません)`, `影響(は|が)?(あり|ござい|ない|無い|なし|有り)`, `影響(範囲)?外`, `対象外`,
		`(該当|対象)(し|いたし|と|に|は|が)?(なります|します|しません|ません|なりません|あり|なし|ございません)`,
		`(使用|利用|搭載|採用|内蔵|同梱)(して|は|いたして)?(い|おり|し)?(ます|ません|ない)`, `(修正|対策|対応)(版|済み?|バージョン)`, `(修正|対策)(プログラム|パッチ)`,
		`回避策は`, `(更新|適用|アップデート)(して|を)?(ください|いたしました|しました|お願い)`,
		`\b(is|are|was|were) (not |un)?(affected|vulnerable|impacted)`, `\bunaffected\b`, `\b(not|does not|do not|doesn't|don't) (use|contain|include|ship)\b`,
		`\bfixed (in|by|with)\b`, `\bpatch(ed)? (in|is|has|to)\b`, `\b(upgrade|update) to\b`, `workaround (is|:)`, `\bresolved in\b`,
	)
	// openWords make an answer's words a question: whether, may, in case.
	openWords = anyOf(
		`受けるか`, `(ある|あり|ない|受ける)(か|の?かどうか)`, `可能性`, `おそれ`, `恐れ`, `有無`, `どうか`, `場合`, `かもしれ`,
		`\bwhether\b`, `\bif\b`, `\bmay\b`, `\bmight\b`, `\bcould be\b`, `\bwhich of\b`,
	)
)
