package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/vault/api"
)

func mounted(t *testing.T, engine string, mount map[string]string) *api.Client {
	t.Helper()
	_, root := serve(t, options{})
	check(t, root.Sys().Mount(engine, &api.MountInput{Type: engine, Options: mount}))
	return root
}

func TestKVv1Overwrites(t *testing.T) {
	root := mounted(t, "kv", map[string]string{"version": "1"})
	write(t, root, "kv/app", map[string]any{"password": "one"})
	write(t, root, "kv/app", map[string]any{"password": "two"})
	equal(t, "password", read(t, root, "kv/app").Data["password"], any("two"))
}

func TestKVv2KeepsVersionsAndChecksAndSets(t *testing.T) {
	root := mounted(t, "kv", map[string]string{"version": "2"})
	kv := root.KVv2("kv")
	ctx := t.Context()
	_, err := kv.Put(ctx, "app", map[string]any{"password": "one"})
	check(t, err)
	_, err = kv.Put(ctx, "app", map[string]any{"password": "two"}, api.WithCheckAndSet(1))
	check(t, err)
	_, err = kv.Put(ctx, "app", map[string]any{"password": "three"}, api.WithCheckAndSet(1))
	refused(t, err, "check-and-set parameter did not match")
	first, err := kv.GetVersion(ctx, "app", 1)
	check(t, err)
	equal(t, "first password", first.Data["password"], any("one"))
	check(t, kv.Destroy(ctx, "app", []int{1}))
	first, err = kv.GetVersion(ctx, "app", 1)
	check(t, err)
	equal(t, "destroyed", first.VersionMetadata.Destroyed, true)
	latest, err := kv.Get(ctx, "app")
	check(t, err)
	equal(t, "latest version", latest.VersionMetadata.Version, 2)
}

func TestTransitDecryptsWhatItEncrypted(t *testing.T) {
	root := mounted(t, "transit", nil)
	write(t, root, "transit/keys/orders", nil)
	clear := base64.StdEncoding.EncodeToString([]byte("clear text"))
	encrypted := write(t, root, "transit/encrypt/orders", map[string]any{"plaintext": clear})
	sealed := encrypted.Data["ciphertext"]
	if !strings.HasPrefix(sealed.(string), "vault:v1:") {
		t.Fatalf("not a ciphertext: %v", sealed)
	}
	opened := write(t, root, "transit/decrypt/orders", map[string]any{"ciphertext": sealed})
	equal(t, "plain text", opened.Data["plaintext"], any(clear))
}

func TestPKIIssuesUnderItsRoot(t *testing.T) {
	root := mounted(t, "pki", nil)
	write(t, root, "pki/root/generate/internal", map[string]any{
		"common_name": "test root", "key_type": "ec",
	})
	write(t, root, "pki/roles/web", map[string]any{
		"allowed_domains": "example.test", "allow_subdomains": true, "key_type": "ec",
	})
	issued := write(t, root, "pki/issue/web", map[string]any{
		"common_name": "a.example.test", "ttl": "1m",
	})
	for _, field := range []string{"certificate", "private_key", "issuing_ca"} {
		if content, _ := issued.Data[field].(string); !strings.HasPrefix(content, "-----BEGIN ") {
			t.Fatalf("%s is not PEM", field)
		}
	}
}

func TestUnwrapsOnce(t *testing.T) {
	root := mounted(t, "kv", nil)
	write(t, root, "kv/app", map[string]any{"password": "one"})
	root.SetWrappingLookupFunc(func(string, string) string { return "1m" })
	wrapped := read(t, root, "kv/app")
	root.SetWrappingLookupFunc(nil)
	opened, err := root.Logical().Unwrap(wrapped.WrapInfo.Token)
	check(t, err)
	equal(t, "password", opened.Data["password"], any("one"))
	_, err = root.Logical().Unwrap(wrapped.WrapInfo.Token)
	refused(t, err, "wrapping token is not valid or does not exist")
}

func TestTuneNarrowsTheLongestLease(t *testing.T) {
	_, root := serve(t, options{})
	write(t, root, "sys/auth/token/tune", map[string]any{"max_lease_ttl": "60s"})
	asked := &api.TokenCreateRequest{TTL: "2h", Policies: []string{"default"}}
	login, err := root.Auth().Token().Create(asked)
	check(t, err)
	equal(t, "seconds", login.Auth.LeaseDuration, 60)
}

func TestAuditsToAFileWithoutTheSecrets(t *testing.T) {
	root := mounted(t, "kv", nil)
	log := filepath.Join(t.TempDir(), "audit.log")
	check(t, root.Sys().EnableAuditWithOptions("file", &api.EnableAuditOptions{
		Type: "file", Options: map[string]string{"file_path": log},
	}))
	write(t, root, "kv/app", map[string]any{"password": "canary-in-the-audit"})
	content, err := os.ReadFile(log)
	check(t, err)
	equal(t, "path in the audit", strings.Contains(string(content), `"path":"kv/app"`), true)
	equal(t, "secret in the audit", strings.Contains(string(content), "canary-in-the-audit"), false)
}
