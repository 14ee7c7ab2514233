package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"hansho/feeds"
	"hansho/store"
)

// dictionaryNote holds the newest product dictionary, compressed.
const dictionaryNote = "dictionary/products"

// maxDictionary bounds a stored dictionary once it is unpacked.
const maxDictionary = 256 << 20

func putDictionary(tx store.Tx, products []feeds.DictProduct) error {
	b, err := json.Marshal(products)
	if err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("dictionary: %w", err)
	}
	defer enc.Close()
	return tx.PutNote(dictionaryNote, enc.EncodeAll(b, nil))
}

// Dictionary gives the product dictionary that a store has from its source, or
// nothing where that was never read.
func Dictionary(ctx context.Context, st store.Store) ([]feeds.DictProduct, error) {
	var packed []byte
	err := st.View(ctx, func(tx store.Tx) (err error) {
		packed, err = tx.Note(dictionaryNote)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("pipeline: dictionary: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxDictionary), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("pipeline: dictionary: %w", err)
	}
	defer dec.Close()
	b, err := dec.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("pipeline: dictionary: %w", err)
	}
	var products []feeds.DictProduct
	if err := json.Unmarshal(b, &products); err != nil {
		return nil, fmt.Errorf("pipeline: dictionary: %w", err)
	}
	return products, nil
}
