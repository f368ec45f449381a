package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"
	"github.com/jackc/pgx/v4"
)

// postgresURL names a PostgreSQL whose user may make users; without it one is started from the
// initdb and postgres at hand.
const postgresURL = "LATCHKEY_TEST_POSTGRES"

// nobody owns the server's files when root runs the test, for PostgreSQL refuses root.
const nobody = 65534

func postgresAdmin(t *testing.T) *url.URL {
	t.Helper()
	if given := os.Getenv(postgresURL); given != "" {
		admin, err := url.Parse(given)
		check(t, err)
		return admin
	}
	bin := postgresPrograms()
	if bin == "" {
		fmt.Fprintf(os.Stderr, "SKIPPED: no PostgreSQL; install one or set %s to its URL\n", postgresURL)
		t.Skip("no PostgreSQL")
	}
	return startPostgres(t, bin)
}

func postgresPrograms() string {
	candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if found, err := exec.LookPath("initdb"); err == nil {
		candidates = append(candidates, found)
	}
	for _, initdb := range candidates {
		if _, err := os.Stat(filepath.Join(filepath.Dir(initdb), "postgres")); err == nil {
			return filepath.Dir(initdb)
		}
	}
	return ""
}

// startPostgres serves on a free port, and takes passwords only.
func startPostgres(t *testing.T, bin string) *url.URL {
	t.Helper()
	directory, err := os.MkdirTemp("", "vault-server-postgres")
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(directory) })
	password := filepath.Join(directory, "password")
	check(t, os.WriteFile(password, []byte("admin's own\n"), 0o600))
	as := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		as.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
		check(t, os.Chown(directory, nobody, nobody))
		check(t, os.Chown(password, nobody, nobody))
	}
	data := filepath.Join(directory, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "admin",
		"-A", "scram-sha-256", "--pwfile="+password, "--no-sync")
	initdb.Dir, initdb.SysProcAttr = directory, as
	if output, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, output)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
	check(t, listener.Close())
	postgres := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-h", "127.0.0.1", "-p", port,
		"-k", directory, "-c", "fsync=off")
	postgres.Dir, postgres.SysProcAttr = directory, as
	check(t, postgres.Start())
	t.Cleanup(func() {
		_ = postgres.Process.Signal(syscall.SIGINT)
		_ = postgres.Wait()
	})
	admin := &url.URL{
		Scheme: "postgres", User: url.UserPassword("admin", "admin's own"), Host: "127.0.0.1:" + port,
		Path: "/postgres", RawQuery: "sslmode=disable",
	}
	eventually(t, func() error { return query(t.Context(), admin, "SELECT 1") })
	return admin
}

func eventually(t *testing.T, attempt func() error) {
	t.Helper()
	const pace = 100 * time.Millisecond
	deadline := time.Now().Add(30 * time.Second)
	err := attempt()
	for ; err != nil && time.Now().Before(deadline); err = attempt() {
		<-time.After(pace)
	}
	check(t, err)
}

func query(ctx context.Context, at *url.URL, sql string) error {
	connection, err := pgx.Connect(ctx, at.String())
	if err != nil {
		return err
	}
	_, err = connection.Exec(ctx, sql)
	_ = connection.Close(ctx)
	return err
}

func as(admin *url.URL, secret *api.Secret) *url.URL {
	user := *admin
	user.User = url.UserPassword(secret.Data["username"].(string), secret.Data["password"].(string))
	return &user
}

// databaseEngine gives a root client of a Vault that manages the database.
func databaseEngine(t *testing.T, admin *url.URL) *api.Client {
	t.Helper()
	root := mounted(t, "database", nil)
	hole := "//{{username}}:{{password}}@"
	template := *admin
	template.User = nil
	password, _ := admin.User.Password()
	write(t, root, "database/config/shop", map[string]any{
		"plugin_name":             postgresqlPlugin,
		"connection_url":          strings.Replace(template.String(), "//", hole, 1),
		"username":                admin.User.Username(),
		"password":                password,
		"password_authentication": "scram-sha-256",
		"allowed_roles":           "*",
	})
	return root
}

func TestDynamicCredentialsOpenUntilRevoked(t *testing.T) {
	admin := postgresAdmin(t)
	root := databaseEngine(t, admin)
	write(t, root, "database/roles/app", map[string]any{
		"db_name":     "shop",
		"default_ttl": "20s",
		"max_ttl":     "60s",
		"creation_statements": `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' ` +
			`VALID UNTIL '{{expiration}}'`,
	})
	issued := read(t, root, "database/creds/app")
	equal(t, "lease in seconds", issued.LeaseDuration, 20)
	equal(t, "renewable", issued.Renewable, true)
	check(t, query(t.Context(), as(admin, issued), "SELECT 1"))
	renewed, err := root.Sys().Renew(issued.LeaseID, 3600)
	check(t, err)
	if renewed.LeaseDuration < 55 || renewed.LeaseDuration > 60 {
		t.Fatalf("renewed to %d s, not to the maximum", renewed.LeaseDuration)
	}
	check(t, root.Sys().RevokeWithOptions(&api.RevokeOptions{LeaseID: issued.LeaseID, Sync: true}))
	refused(t, query(t.Context(), as(admin, issued), "SELECT 1"), "password authentication failed")
}

func TestStaticRoleIsRotatedOnDemand(t *testing.T) {
	admin := postgresAdmin(t)
	check(t, query(t.Context(), admin, `DROP ROLE IF EXISTS static_app; CREATE ROLE static_app LOGIN`))
	root := databaseEngine(t, admin)
	write(t, root, "database/static-roles/app", map[string]any{
		"db_name": "shop", "username": "static_app", "rotation_period": "1h",
		"rotation_statements": `ALTER ROLE "{{name}}" PASSWORD '{{password}}'`,
	})
	before := read(t, root, "database/static-creds/app")
	check(t, query(t.Context(), as(admin, before), "SELECT 1"))
	equal(t, "lease", before.LeaseID, "")
	write(t, root, "database/rotate-role/app", nil)
	refused(t, query(t.Context(), as(admin, before), "SELECT 1"), "password authentication failed")
	check(t, query(t.Context(), as(admin, read(t, root, "database/static-creds/app")), "SELECT 1"))
}
