package match

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"hansho/match/version"
)

// said is what a text says of versions right behind a product's name: "FortiOS
// 7.0.0 から 7.0.13". One version alone says nothing: it may be the fixed one or a
// family's.
type said struct {
	version.Range
	// more says that the text may mean other versions of the product too, so that
	// one outside the range isn't known to be safe.
	more bool
}

var (
	// leadIn is what may stand between a name and its versions.
	leadIn = regexp.MustCompile(`(?i)^(?:[\s:：(（「\-–—、,]|versions?|ver\.?|releases?|firmware|software|in|の|は|には|で|バージョン|ファームウェア|ソフトウェア|リリース)*$`)
	// goesOn is what may stand between two ranges of one list.
	goesOn = regexp.MustCompile(`(?i)^(?:[\s、,，;；/／・&+()（）]|and|or|versions?|ver\.?|と|や|及び|および|又は|または|ならびに|並びに|バージョン|の)*$`)
	// andOthers is what leaves a list open.
	andOthers = regexp.MustCompile(`(?i)^[\s)）」]*(?:の?各?バージョン)?(?:など|等|ほか|他|その他|,?\s*(?:and|or|as well as|among|including|possibly)\s|,?\s*etc|…|\.\.\.)`)
)

// said reads what a text says of the versions of each product that it mentions, nil
// where that is nothing. A range that stands behind no name may be anybody's, and
// leaves all open, as does a text that was cut.
func (r *reading) said(mentions []mention, cut bool) []*said {
	out := make([]*said, len(mentions))
	ranges, unread := version.ParseProse(r.text)
	slices.SortStableFunc(ranges, func(a, b version.ProseRange) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	open := cut || len(unread) > 0
	for i, s := range mentions {
		end := len(r.text)
		if i+1 < len(mentions) {
			end = r.tokens[mentions[i+1].from].Start
		}
		for len(ranges) > 0 && ranges[0].Span.Start < r.tokens[s.to-1].End { // a number in the name is none of its versions
			open = open || ranges[0].Span.Start < r.tokens[s.from].Start || ranges[0].Span.End > r.tokens[s.to-1].End
			ranges = ranges[1:]
		}
		own := r.behind(s.span, end, ranges)
		ranges = ranges[own.n:]
		switch {
		case own.n == 0:
		case own.bounded():
			out[i] = &own.said
		case own.enumerated() && !announces.MatchString(sentence(r.text, r.tokens[s.from].Start, own.end)):
			own.more = true
			out[i] = &own.said
		default:
			open = true
		}
	}
	open = open || len(ranges) > 0
	for _, s := range out {
		if s != nil {
			s.more = s.more || open
		}
	}
	return out
}

// list is the ranges behind a name, how many they are, and where they end.
type list struct {
	said
	n, end int
}

// behind takes the ranges that follow a name as one list, up to end in bytes.
func (r *reading) behind(s span, end int, ranges []version.ProseRange) list {
	at, between := r.tokens[s.to-1].End, leadIn
	var last version.Span
	n := 0
	for _, pr := range ranges {
		again := n > 0 && pr.Span == last // what is sure of it and what may be
		if !again && (pr.Span.Start < at || pr.Span.End > end || !between.MatchString(r.text[at:pr.Span.Start])) {
			break
		}
		n++
		at, last, between = pr.Span.End, pr.Span, goesOn
	}
	more := andOthers.MatchString(strings.TrimRight(r.text[at:max(at, end)], " ")) // "and" before the next name is no more
	return list{said{version.RangeOf(ranges[:n], false), more}, n, at}
}

// bounded says that one of the intervals ends above where it begins.
func (s *said) bounded() bool {
	for _, iv := range s.In {
		if iv.Hi.Version != "" && iv.Lo != iv.Hi {
			return true
		}
	}
	return false
}

// enumerated says that several single versions are named: "19.0.0, 19.1.0 and
// 19.2.0". One that is named is meant; of others the text says nothing.
func (s *said) enumerated() bool {
	for _, iv := range s.In {
		if iv.Lo.Version == "" || iv.Lo != iv.Hi {
			return false
		}
	}
	return len(s.In) > 1 && len(s.Not) == 0 && len(s.Maybe) == 0
}

// announces is what is said of versions that somebody has released, or is to go to.
var announces = regexp.MustCompile(`(?i)releas|availab|updat|upgrad|patch|\bfix|address|resolv|solution|remed|\bsafe|migrat|公開|リリース|提供|修正|更新|アップデート|対策済|対策版|移行|配布|配信`)

// endOfSentence ends one. A point within a version doesn't.
var endOfSentence = regexp.MustCompile(`[.!?]\s|[。！？\n]`)

// maxAround bounds, in bytes, how far a sentence is read to either side.
const maxAround = 400

// sentence is the part of a text around from and to, in bytes, that is one sentence.
func sentence(text string, from, to int) string {
	begin, end := max(from-maxAround, 0), min(to+maxAround, len(text))
	for _, m := range endOfSentence.FindAllStringIndex(text[begin:from], -1) {
		begin = max(from-maxAround, 0) + m[1]
	}
	if m := endOfSentence.FindStringIndex(text[to:end]); m != nil {
		end = to + m[0]
	}
	return text[begin:end]
}

// sayMore is why a version outside the range isn't known to be safe.
const sayMore = "the text may mean other versions too"

// test tests a running version against what was said.
func (s *said) test(h *hit, have string, scheme version.Scheme) {
	h.res = s.Contains(scheme, have)
	h.test = s.Why(h.res, scheme, have)
	if s.more && h.res == version.Out {
		h.res, h.note = version.Unknown, sayMore
	}
}
