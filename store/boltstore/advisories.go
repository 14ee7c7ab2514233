package boltstore

import "hansho/store"

// Advisory gives the present state of an advisory.
func (x tx) Advisory(id string) (store.Record, error) {
	return get[store.Record](x, bucketAdvisories, id)
}

// PutAdvisory stores a record and moves its index entries.
func (x tx) PutAdvisory(r store.Record) error {
	if err := x.dropAdvisoryKeys(r.Advisory.ID); err != nil {
		return err
	}
	a := r.Advisory
	for _, key := range append(append([]string{}, a.CVEs...), a.Refs...) {
		if len(key) > maxIndexed {
			continue
		}
		if err := x.putRaw(bucketAdvisoryKeys, join(key, a.ID), nil); err != nil {
			return err
		}
	}
	if err := x.putRaw(bucketAdvisoryOf, join(a.Source, a.ID), nil); err != nil {
		return err
	}
	return x.put(bucketAdvisories, a.ID, r)
}

// indexed is the part of a stored record that its index entries are made of.
type indexed struct {
	Advisory struct {
		Source     string
		CVEs, Refs []string
	}
}

func (x tx) dropAdvisoryKeys(id string) error {
	if !x.has(bucketAdvisories, id) {
		return nil
	}
	row, err := get[indexed](x, bucketAdvisories, id)
	if err != nil {
		return err
	}
	old := row.Advisory
	for _, key := range append(old.CVEs, old.Refs...) {
		if len(key) > maxIndexed {
			continue
		}
		if err := x.drop(bucketAdvisoryKeys, join(key, id)); err != nil {
			return err
		}
	}
	return x.drop(bucketAdvisoryOf, join(old.Source, id))
}

// AdvisoriesAfter lists records by id.
func (x tx) AdvisoriesAfter(after string, limit int) ([]store.Record, error) {
	return list[store.Record](x, bucketAdvisories, after, limit)
}

// AdvisoriesBy lists the ids of the advisories that carry a CVE id or Ref.
func (x tx) AdvisoriesBy(key string) ([]string, error) {
	if len(key) > maxIndexed {
		return nil, nil
	}
	return x.rest(bucketAdvisoryKeys, join(key, ""), "", 0), nil
}

// AdvisoriesOf lists the ids of a source's advisories.
func (x tx) AdvisoriesOf(source, after string, limit int) ([]string, error) {
	return x.rest(bucketAdvisoryOf, join(source, ""), after, limit), nil
}
