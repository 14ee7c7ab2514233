package boltstore

import (
	"errors"
	"slices"

	"hansho/advisory"
	"hansho/cases"
	"hansho/store"
)

// Case gives a case.
func (x tx) Case(id string) (cases.Case, error) {
	return get[cases.Case](x, bucketCases, id)
}

// PutCase stores a case and makes its keys lead to it.
func (x tx) PutCase(c cases.Case) error {
	if err := x.dropCaseKeys(c.ID); err != nil {
		return err
	}
	for _, key := range caseKeys(c) {
		if err := x.putRaw(bucketCaseKeys, key, []byte(c.ID)); err != nil {
			return err
		}
	}
	return x.put(bucketCases, c.ID, c)
}

// DeleteCase removes a case and those of its keys that still lead to it.
func (x tx) DeleteCase(id string) error {
	if err := x.dropCaseKeys(id); err != nil {
		return err
	}
	return x.drop(bucketCases, id)
}

func (x tx) dropCaseKeys(id string) error {
	old, err := x.Case(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, key := range caseKeys(old) {
		if string(x.t.Bucket(bucketCaseKeys).Get([]byte(key))) != id {
			continue
		}
		if err := x.drop(bucketCaseKeys, key); err != nil {
			return err
		}
	}
	return nil
}

// caseKeys are the keys under which a case is found. A round-up belongs to many
// cases, so it leads to none.
func caseKeys(c cases.Case) []string {
	keys := slices.Concat(c.CVEs, c.Refs, c.Merged)
	for id, s := range c.Statements {
		if s.Kind != advisory.KindRoundup {
			keys = append(keys, id)
		}
	}
	return slices.DeleteFunc(keys, func(k string) bool { return k == "" || len(k) > maxIndexed })
}

// CasesAfter lists cases by id.
func (x tx) CasesAfter(after string, limit int) ([]cases.Case, error) {
	return list[cases.Case](x, bucketCases, after, limit)
}

// CaseBy gives the id of the case that holds a key.
func (x tx) CaseBy(key string) (string, error) {
	id := x.t.Bucket(bucketCaseKeys).Get([]byte(key))
	if id == nil {
		return "", notFound(bucketCaseKeys, key)
	}
	return string(id), nil
}
