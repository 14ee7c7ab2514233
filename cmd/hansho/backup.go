package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"hansho/store/boltstore"
)

func newBackup(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a copy of the store, while the daemon goes on",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			a, err := g.open(cmd, readOnly)
			if err != nil {
				return err
			}
			defer a.close()
			n, err := a.backup(cmd, files[0])
			if err != nil {
				return fmt.Errorf("backup %s: %w", files[0], err)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), a.words.say("backup.done", files[0], n))
			return err
		},
	}
}

// backup writes beside the file first and reads what it wrote, so that an older
// copy stays until the new one is whole: a damaged store must not take the place
// of its last good copy.
func (a *app) backup(cmd *cobra.Command, path string) (int64, error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".hansho-backup-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if err := a.store.Backup(cmd.Context(), tmp); err != nil {
		return 0, err
	}
	info, err := tmp.Stat()
	if err != nil {
		return 0, err
	}
	if err := tmp.Sync(); err != nil {
		return 0, err
	}
	if err := boltstore.CheckFile(cmd.Context(), tmp.Name()); err != nil {
		return 0, fmt.Errorf("the older copy stays: %w", err)
	}
	return info.Size(), os.Rename(tmp.Name(), path)
}

func newRestore(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a copy back in the store's place, after checking that it is whole",
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			s, err := g.settings(cmd)
			if err != nil {
				return err
			}
			f, err := os.Open(files[0])
			if err != nil {
				return err
			}
			defer f.Close()
			if err := boltstore.Restore(cmd.Context(), s.file.Store, f); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), s.words.say("restore.done", s.file.Store))
			return err
		},
	}
}
