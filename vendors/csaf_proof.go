package vendors

import (
	"context"
	"fmt"
	"strings"

	"hansho/feeds"
)

// maxProofBytes bounds hash, signature and key files.
const maxProofBytes = 4 << 20

// verify checks a document against its hash and its signature. What is wrong is
// an error; what is missing is counted and told once for all.
func (f *csafFetch) verify(ctx context.Context, d csafListed, body []byte) error {
	if err := f.verifyHash(ctx, d, body); err != nil {
		return err
	}
	return f.verifySignature(ctx, d, body)
}

// verifyHash checks the first hash file that there is, the longer digest first.
func (f *csafFetch) verifyHash(ctx context.Context, d csafListed, body []byte) error {
	for _, address := range strongestFirst(d.Hashes) {
		sum, err := f.get(ctx, address, feeds.Validators{}, maxProofBytes)
		if notFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		return checkHash(body, sum.Body)
	}
	f.unhashed++
	return nil
}

func strongestFirst(addresses []string) []string {
	var strong, weak []string
	for _, a := range addresses {
		if strings.HasSuffix(a, ".sha512") {
			strong = append(strong, a)
		} else {
			weak = append(weak, a)
		}
	}
	return append(strong, weak...)
}

func (f *csafFetch) verifySignature(ctx context.Context, d csafListed, body []byte) error {
	if d.Signature == "" {
		f.unsigned++
		return nil
	}
	f.keys(ctx)
	if len(f.keyring) == 0 {
		f.unproven++
		return nil
	}
	sig, err := f.get(ctx, d.Signature, feeds.Validators{}, maxProofBytes)
	if notFound(err) {
		f.unsigned++
		return nil
	}
	if err != nil {
		return err
	}
	expired, err := checkSignature(f.keyring, body, sig.Body, f.now())
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	if expired {
		f.warn("%s: signed with a key that is no longer valid", feeds.Redact(d.URL))
	}
	return nil
}

// keys fetches the provider's keys, once a fetch and only where there is
// something to check.
func (f *csafFetch) keys(ctx context.Context) {
	if f.keysRead {
		return
	}
	f.keysRead = true
	for _, k := range f.cur.Provider.Keys {
		doc, err := f.get(ctx, k.URL, feeds.Validators{}, maxProofBytes)
		if err != nil {
			f.warn("key of the provider: %v", err)
			continue
		}
		keys, err := readKeys(doc.Body, k.Fingerprint)
		if err != nil {
			f.warn("key of the provider: %s: %v", feeds.Redact(k.URL), err)
			continue
		}
		f.keyring = append(f.keyring, keys...)
	}
}

// notes tells what could not be checked.
func (f *csafFetch) notes() {
	for _, n := range []struct {
		count int
		text  string
	}{
		{f.unhashed, "%d documents have no hash"},
		{f.unsigned, "%d documents have no signature"},
		{f.unproven, "%d documents were taken without looking at a signature: no key of the provider is known"},
	} {
		if n.count > 0 {
			f.warn(n.text, n.count)
		}
	}
	if f.flaws.documents > 0 {
		f.warn("%v", &f.flaws)
	}
}
