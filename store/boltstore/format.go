package boltstore

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

// format is the version of the layout below. A change that an older program
// would misread raises it and adds a step to migrations.
const format = 1

// The buckets. A key named as join(a, b) is a with its length before it, then b.
var (
	bucketMeta          = []byte("meta")            // format → number
	bucketAdvisories    = []byte("advisories")      // id → record
	bucketAdvisoryKeys  = []byte("advisory_keys")   // join(CVE or Ref, id) → nothing
	bucketAdvisoryOf    = []byte("advisory_source") // join(source, id) → nothing
	bucketSources       = []byte("sources")         // id → state
	bucketCases         = []byte("cases")           // id → case
	bucketCaseKeys      = []byte("case_keys")       // key → case id
	bucketDeliveries    = []byte("deliveries")      // key → delivery without its notice
	bucketNotices       = []byte("notices")         // delivery key → notice
	bucketStates        = []byte("delivery_states") // join(state, key) → nothing
	bucketLanes         = []byte("lanes")           // lane, time, key of each due row → its place in the queue
	bucketHeads         = []byte("lane_heads")      // lane → its key in due
	bucketDue           = []byte("due")             // time, key of each lane's head → nothing
	bucketLeased        = []byte("leased")          // key of each claimed row → nothing
	bucketSettled       = []byte("settled")         // time, key of each row that ended → nothing
	bucketThreads       = []byte("threads")         // key → thread
	bucketLetters       = []byte("letters")         // id → letter
	bucketEnquiries     = []byte("enquiries")       // id → enquiry
	bucketSubscriptions = []byte("subscriptions")   // id → subscription
	bucketNotes         = []byte("notes")           // name → value

	keyFormat = []byte("format")
)

// buckets lists all of them, as they are made.
func buckets() [][]byte {
	return [][]byte{
		bucketMeta, bucketAdvisories, bucketAdvisoryKeys, bucketAdvisoryOf, bucketSources,
		bucketCases, bucketCaseKeys, bucketDeliveries, bucketNotices, bucketStates, bucketLanes,
		bucketHeads, bucketDue, bucketLeased, bucketSettled, bucketThreads, bucketLetters,
		bucketEnquiries, bucketSubscriptions, bucketNotes,
	}
}

// holdsRecords says whether a bucket's values are encoded records.
func holdsRecords(name []byte) bool {
	return slices.ContainsFunc([][]byte{
		bucketAdvisories, bucketSources, bucketCases, bucketDeliveries, bucketNotices,
		bucketThreads, bucketLetters, bucketEnquiries, bucketSubscriptions,
	}, func(b []byte) bool { return bytes.Equal(b, name) })
}

// migrations bring a file from the format of their index to the next.
var migrations = []func(*bolt.Tx) error{
	0: createBuckets,
}

func createBuckets(t *bolt.Tx) error {
	for _, name := range buckets() {
		if _, err := t.CreateBucketIfNotExists(name); err != nil {
			return fmt.Errorf("make bucket %s: %w", name, err)
		}
	}
	return nil
}

// migrate brings the file to the present format, or refuses a newer one.
func migrate(t *bolt.Tx) error {
	have, err := readFormat(t)
	if err != nil || have == format {
		return err
	}
	for v := have; v < format; v++ {
		if err := migrations[v](t); err != nil {
			return fmt.Errorf("migrate from format %d: %w", v, err)
		}
	}
	return t.Bucket(bucketMeta).Put(keyFormat, strconv.AppendInt(nil, format, 10))
}

// checkFormat demands the present format: a reader can't migrate.
func checkFormat(t *bolt.Tx) error {
	have, err := readFormat(t)
	if err == nil && have < format {
		err = fmt.Errorf("format %d is old; open it for writing once to bring it to %d", have, format)
	}
	return err
}

// readFormat gives the file's format, 0 for an empty file.
func readFormat(t *bolt.Tx) (int, error) {
	meta := t.Bucket(bucketMeta)
	if meta == nil {
		if name, _ := t.Cursor().First(); name != nil {
			return 0, fmt.Errorf("%w: it is a bbolt file of something else", ErrForeign)
		}
		return 0, nil
	}
	have, err := strconv.Atoi(string(meta.Get(keyFormat)))
	if err != nil || have < 1 {
		return 0, fmt.Errorf("%w: its format number is %q", ErrDamaged, meta.Get(keyFormat))
	}
	if have > format {
		return 0, fmt.Errorf("%w: it has format %d, this program knows up to %d; update hansho", ErrNewer, have, format)
	}
	return have, nil
}
