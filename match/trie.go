package match

import (
	"hash/maphash"

	"hansho/internal/fold"
)

// trie finds all known names at a place in a text. A path of tokens is its hash,
// so a step is one look-up in one map whatever the number of names; what is
// found is checked against the name itself.
type trie struct {
	seed  maphash.Seed
	nodes map[uint64]int32 // path to its refs in ends, -1 where names only pass
	ends  [][]ref
}

// refKind is what a name names.
type refKind uint8

const (
	refProduct refKind = iota
	refVendor
)

// ref is one thing that goes by a name.
type ref struct {
	of        int32 // entity or vendor
	strict    uint32
	kind      refKind
	qualified bool
	bare      bool
	derived   bool
	base      bool
	alias     bool
}

// trieBuilder gathers names.
type trieBuilder struct {
	trie
}

func newTrieBuilder() *trieBuilder {
	return &trieBuilder{trie{seed: maphash.MakeSeed(), nodes: map[uint64]int32{}}}
}

// maxNameTokens bounds a name: nothing longer is looked for.
const maxNameTokens = 64

func (b *trieBuilder) add(f form, r ref) {
	tokens := fold.Tokens(f.text)
	if len(tokens) == 0 || len(tokens) > maxNameTokens {
		return
	}
	r.qualified, r.bare, r.derived, r.base, r.alias = f.qualified, f.bare, f.derived, f.base, f.alias
	r.strict = b.strict(f.text)
	var h uint64
	for _, t := range tokens[:len(tokens)-1] {
		h = b.step(h, t)
		if _, ok := b.nodes[h]; !ok {
			b.nodes[h] = -1
		}
	}
	h = b.step(h, tokens[len(tokens)-1])
	end, ok := b.nodes[h]
	if !ok || end < 0 {
		end = int32(len(b.ends))
		b.nodes[h] = end
		b.ends = append(b.ends, nil)
	}
	if refs := b.ends[end]; len(refs) == 0 || refs[len(refs)-1] != r {
		b.ends[end] = append(refs, r)
	}
}

// step extends the hash of a path by one token. A slash inside a name counts:
// JP1/VERITAS is one, Acrobat/Reader is not Acrobat Reader.
func (t *trie) step(path uint64, token fold.Token) uint64 {
	const odd = 0x9E3779B97F4A7C15
	if path != 0 && token.Gap == fold.Slash {
		path++
	}
	return (path+odd)*odd ^ maphash.String(t.seed, token.Text)
}

// strict tells apart the few names that differ only by a long-vowel mark, which
// tokens leave out.
func (t *trie) strict(name string) uint32 {
	return uint32(maphash.String(t.seed, fold.Name(name)))
}

// walk calls found for each known name that starts at tokens[i].
func (t *trie) walk(tokens []fold.Token, i int, found func(end int, refs []ref)) {
	var h uint64
	for j := i; j < len(tokens) && j-i < maxNameTokens; j++ {
		if j > i && tokens[j].Gap == fold.Break {
			return
		}
		h = t.step(h, tokens[j])
		end, ok := t.nodes[h]
		if !ok {
			return
		}
		if end >= 0 {
			found(j+1, t.ends[end])
		}
	}
}

// find is the refs of exactly this name.
func (t *trie) find(tokens []fold.Token) []ref {
	var h uint64
	for _, tok := range tokens {
		h = t.step(h, tok)
	}
	if end, ok := t.nodes[h]; ok && end >= 0 && len(tokens) > 0 {
		return t.ends[end]
	}
	return nil
}
