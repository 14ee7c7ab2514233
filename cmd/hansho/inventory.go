package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"hansho/inventory"
)

// loadInventory reads the files named, and those in the folders named, into one
// inventory.
func loadInventory(paths []string) (inventory.Inventory, inventory.Problems, error) {
	var all inventory.Inventory
	var problems inventory.Problems
	var errs []error
	for _, path := range paths {
		err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			inv, ps := inventory.Read(name, f)
			all.Items, all.Partners = append(all.Items, inv.Items...), append(all.Partners, inv.Partners...)
			problems = append(problems, ps...)
			return nil
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("inventory: %w", err))
		}
	}
	return all, problems, errors.Join(errs...)
}
