package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/vault/sdk/physical"
	"github.com/hashicorp/vault/sdk/physical/file"
	"github.com/hashicorp/vault/sdk/physical/inmem"
)

// keys is what opens an initialised storage. The unseal key is base64.
type keys struct {
	UnsealKey string `json:"unseal_key"`
	RootToken string `json:"root_token"`
}

// store is where the core keeps its data, and beside it the keys. In memory it has no directory,
// and the keys live as long as the process.
type store struct {
	physical  physical.Backend
	directory string
	lock      *os.File
}

// openStore takes the directory for this process alone; an empty name means in memory.
func openStore(directory string, logger hclog.Logger) (*store, error) {
	if directory == "" {
		backend, err := inmem.NewInmem(nil, logger)
		return &store{physical: backend}, err
	}
	data := filepath.Join(directory, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(directory, "lock"))
	if err != nil {
		return nil, err
	}
	backend, err := file.NewFileBackend(map[string]string{"path": data}, logger)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &store{physical: backend, directory: directory, lock: lock}, nil
}

// lockFile fails at once where another process holds the lock; the kernel gives it back with the
// process, however that ends.
func lockFile(path string) (*os.File, error) {
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another server uses %s", filepath.Dir(path)), lock.Close())
	}
	return lock, nil
}

func (s *store) close() {
	if s.lock != nil {
		_ = s.lock.Close()
	}
}

func (s *store) keysFile() string { return filepath.Join(s.directory, "keys.json") }

// readKeys gives empty keys where none are kept.
func (s *store) readKeys() (keys, error) {
	var kept keys
	if s.directory == "" {
		return kept, nil
	}
	content, err := os.ReadFile(s.keysFile())
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err != nil {
		return kept, err
	}
	if err := json.Unmarshal(content, &kept); err != nil {
		return keys{}, fmt.Errorf("%s is not what this program wrote", s.keysFile())
	}
	return kept, nil
}

// writeKeys replaces the file whole, readable by its owner alone.
func (s *store) writeKeys(kept keys) error {
	if s.directory == "" {
		return nil
	}
	content, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	fresh := s.keysFile() + ".new"
	// Left by a server that was killed here, it could have any mode.
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.WriteFile(fresh, content, 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, s.keysFile())
}
