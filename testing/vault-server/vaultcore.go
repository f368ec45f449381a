package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"
	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/audit"
	auditfile "github.com/hashicorp/vault/builtin/audit/file"
	"github.com/hashicorp/vault/builtin/credential/approle"
	awsauth "github.com/hashicorp/vault/builtin/credential/aws"
	"github.com/hashicorp/vault/builtin/credential/userpass"
	"github.com/hashicorp/vault/builtin/logical/database"
	"github.com/hashicorp/vault/builtin/logical/pki"
	"github.com/hashicorp/vault/builtin/logical/transit"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/vault"
	"github.com/hashicorp/vault/version"
)

// leaseTTL is Vault's own default, both for a lease that asks for nothing and for the longest one.
// A mount's tune narrows it.
const leaseTTL = 768 * time.Hour

func vaultVersion() string { return version.GetVersion().VersionNumber() }

// startCore makes a core over the store, and initialises and unseals it unless told not to.
func startCore(
	store *store, initialise bool, address string, logger hclog.Logger,
) (*vault.Core, keys, error) {
	kept, err := store.readKeys()
	if err != nil {
		return nil, keys{}, err
	}
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:        store.physical,
		BuiltinRegistry: databasePlugins{},
		LogicalBackends: map[string]logical.Factory{
			"database": database.Factory,
			"kv":       kv.Factory,
			"pki":      pki.Factory,
			"transit":  transit.Factory,
		},
		CredentialBackends: map[string]logical.Factory{
			"approle":    approle.Factory,
			"aws":        awsauth.Factory,
			"kubernetes": kubernetes.Factory,
			"userpass":   userpass.Factory,
		},
		AuditBackends:   map[string]audit.Factory{"file": auditfile.Factory},
		DefaultLeaseTTL: leaseTTL,
		MaxLeaseTTL:     leaseTTL,
		RedirectAddr:    address,
		DisableMlock:    true,
		LogLevel:        logger.GetLevel().String(),
		Logger:          logger,
	})
	if err != nil {
		return nil, keys{}, fmt.Errorf("cannot make the core: %w", err)
	}
	if initialise {
		if kept, err = openCore(core, store, kept); err != nil {
			return nil, keys{}, errors.Join(err, core.Shutdown())
		}
	}
	return core, kept, nil
}

// openCore leaves the core unsealed, and initialised by one key with one share if it was empty.
func openCore(core *vault.Core, store *store, kept keys) (keys, error) {
	ctx := context.Background()
	initialised, err := core.Initialized(ctx)
	if err != nil {
		return keys{}, fmt.Errorf("cannot tell whether the storage is initialised: %w", err)
	}
	switch {
	case !initialised:
		seal := &vault.SealConfig{SecretShares: 1, SecretThreshold: 1, StoredShares: 1}
		result, err := core.Initialize(ctx, &vault.InitParams{BarrierConfig: seal})
		if err != nil {
			return keys{}, fmt.Errorf("cannot initialise: %w", err)
		}
		kept = keys{
			UnsealKey: base64.StdEncoding.EncodeToString(result.SecretShares[0]),
			RootToken: result.RootToken,
		}
		if err := store.writeKeys(kept); err != nil {
			return keys{}, err
		}
	case kept.UnsealKey == "":
		return keys{}, errors.New("the storage is initialised, but its keys were not kept: " +
			"use --init=false and unseal it, or take another directory")
	}
	return kept, unseal(core, kept)
}

func unseal(core *vault.Core, kept keys) error {
	key, err := base64.StdEncoding.DecodeString(kept.UnsealKey)
	if err != nil {
		return errors.New("the kept unseal key is not base64")
	}
	unsealed, err := core.Unseal(key)
	if err != nil {
		return fmt.Errorf("cannot unseal: %w", err)
	}
	if !unsealed {
		return errors.New("the kept key did not unseal the storage: it belongs to another one")
	}
	return nil
}
