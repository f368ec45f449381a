package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-hclog"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/vault"
)

// stopWithin bounds how long requests that are under way may hold up the end.
const stopWithin = 3 * time.Second

// readiness is the line that says where the server is and how to enter it.
type readiness struct {
	Address   string `json:"address"`
	RootToken string `json:"root_token"`
	UnsealKey string `json:"unseal_key"`
	Version   string `json:"version"`
}

// server is a Vault core behind an HTTP listener. It owns both, and the lock of its directory.
type server struct {
	ready  readiness
	core   *vault.Core
	store  *store
	http   *http.Server
	failed chan error
}

// start opens the storage, makes a core on it and serves it; the caller must stop what it gets.
func start(opts options, logger hclog.Logger) (_ *server, err error) {
	config, err := opts.tls.load()
	if err != nil {
		return nil, err
	}
	store, err := openStore(opts.storage, logger)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			store.close()
		}
	}()
	// The core is told its own address, so the port is taken first.
	listener, err := net.Listen("tcp", opts.listen)
	if err != nil {
		return nil, err
	}
	address := "http://" + listener.Addr().String()
	if config != nil {
		address = "https://" + listener.Addr().String()
	}
	core, keys, err := startCore(store, opts.initialise, address, logger)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}

	s := &server{
		ready:  readiness{address, keys.RootToken, keys.UnsealKey, vaultVersion()},
		core:   core,
		store:  store,
		failed: make(chan error, 1),
		http: &http.Server{
			Handler:           vaulthttp.Handler.Handler(&vault.HandlerProperties{Core: core}),
			TLSConfig:         config,
			ReadHeaderTimeout: 10 * time.Second,
			// Mostly clients that broke off a handshake.
			ErrorLog: logger.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Warn}),
		},
	}
	go func() {
		if config != nil {
			s.failed <- s.http.ServeTLS(listener, "", "")
		} else {
			s.failed <- s.http.Serve(listener)
		}
	}()
	return s, nil
}

// serveUntil returns when the context ends, or with what ended the listener before that.
func (s *server) serveUntil(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.failed:
		return fmt.Errorf("the listener ended: %w", err)
	}
}

// stop ends the listener, then seals the core, then gives the directory back.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	err := s.core.Shutdown()
	s.store.close()
	return err
}
