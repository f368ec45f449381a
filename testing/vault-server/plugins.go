package main

import (
	"github.com/hashicorp/vault/plugins/database/postgresql"
	"github.com/hashicorp/vault/sdk/helper/consts"
)

const postgresqlPlugin = "postgresql-database-plugin"

// databasePlugins is the registry of what is built in and not in the core's own tables. Vault's
// registry would link every cloud's SDK; this one knows PostgreSQL alone.
type databasePlugins struct{}

// Contains implements vault.BuiltinRegistry.
func (databasePlugins) Contains(name string, kind consts.PluginType) bool {
	return kind == consts.PluginTypeDatabase && name == postgresqlPlugin
}

// Get implements vault.BuiltinRegistry.
func (p databasePlugins) Get(name string, kind consts.PluginType) (func() (any, error), bool) {
	if !p.Contains(name, kind) {
		return nil, false
	}
	return postgresql.New, true
}

// Keys implements vault.BuiltinRegistry.
func (databasePlugins) Keys(kind consts.PluginType) []string {
	if kind != consts.PluginTypeDatabase {
		return nil
	}
	return []string{postgresqlPlugin}
}

// DeprecationStatus implements vault.BuiltinRegistry.
func (p databasePlugins) DeprecationStatus(
	name string, kind consts.PluginType,
) (consts.DeprecationStatus, bool) {
	if !p.Contains(name, kind) {
		return consts.Unknown, false
	}
	return consts.Supported, true
}
