package inventory

import "hansho/internal/fold"

// Supplies says whether the partner is the supplier that an item names, by id or
// by company, however that is spelt.
func (p Partner) Supplies(it Item) bool {
	supplier := fold.Name(it.Supplier)
	return supplier != "" && (supplier == fold.Name(p.ID) || supplier == fold.Name(p.Company))
}
