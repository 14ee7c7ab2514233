package dictionary

// BuiltinProducts gives the table's own entries.
func BuiltinProducts(d *Dictionary) []Entry {
	var out []Entry
	for i := range d.builtin {
		out = append(out, d.entry(int32(i)))
	}
	return out
}
