package boltstore

import (
	"bytes"

	"hansho/cases"
	"hansho/notify"
	"hansho/store"
)

// Source gives the state of a source.
func (x tx) Source(id string) (store.SourceState, error) {
	return get[store.SourceState](x, bucketSources, id)
}

// PutSource stores the state of a source.
func (x tx) PutSource(s store.SourceState) error { return x.put(bucketSources, s.ID, s) }

// SourceStates lists all sources by id.
func (x tx) SourceStates() ([]store.SourceState, error) {
	return list[store.SourceState](x, bucketSources, "", 0)
}

// Letter gives a letter.
func (x tx) Letter(id string) (cases.Letter, error) { return get[cases.Letter](x, bucketLetters, id) }

// PutLetter stores a letter.
func (x tx) PutLetter(l cases.Letter) error { return x.put(bucketLetters, l.ID, l) }

// LettersAfter lists letters by id.
func (x tx) LettersAfter(after string, limit int) ([]cases.Letter, error) {
	return list[cases.Letter](x, bucketLetters, after, limit)
}

// Enquiry gives an enquiry.
func (x tx) Enquiry(id string) (cases.Enquiry, error) {
	return get[cases.Enquiry](x, bucketEnquiries, id)
}

// PutEnquiry stores an enquiry.
func (x tx) PutEnquiry(e cases.Enquiry) error { return x.put(bucketEnquiries, e.ID, e) }

// EnquiriesAfter lists enquiries by id.
func (x tx) EnquiriesAfter(after string, limit int) ([]cases.Enquiry, error) {
	return list[cases.Enquiry](x, bucketEnquiries, after, limit)
}

// PutSubscription stores a subscription.
func (x tx) PutSubscription(s notify.Subscription) error {
	return x.put(bucketSubscriptions, s.ID, s)
}

// DeleteSubscription removes a subscription; one that is not there is no error.
func (x tx) DeleteSubscription(id string) error { return x.drop(bucketSubscriptions, id) }

// SubscriptionsAfter lists subscriptions by id.
func (x tx) SubscriptionsAfter(after string, limit int) ([]notify.Subscription, error) {
	return list[notify.Subscription](x, bucketSubscriptions, after, limit)
}

// Note gives a named value.
func (x tx) Note(name string) ([]byte, error) {
	v := x.t.Bucket(bucketNotes).Get([]byte(name))
	if v == nil {
		return nil, notFound(bucketNotes, name)
	}
	return bytes.Clone(v), nil
}

// PutNote stores a named value.
func (x tx) PutNote(name string, value []byte) error {
	return x.putRaw(bucketNotes, name, append([]byte{}, value...))
}

// DeleteNote removes a named value; one that is not there is no error.
func (x tx) DeleteNote(name string) error { return x.drop(bucketNotes, name) }

// NotesAfter lists the values whose names begin with prefix and follow after.
func (x tx) NotesAfter(prefix, after string, limit int) ([]store.Note, error) {
	var out []store.Note
	for name, value := range x.walk(bucketNotes, prefix, after) {
		out = append(out, store.Note{Name: string(name), Value: bytes.Clone(value)})
		if len(out) == limit {
			break
		}
	}
	return out, nil
}
