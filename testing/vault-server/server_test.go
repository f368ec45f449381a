package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/vault/api"
)

// asProgram makes this test binary be the program itself.
const asProgram = "VAULT_SERVER_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// serve starts a server in this process, ended with the test, and a client that is root there.
func serve(t *testing.T, opts options) (*server, *api.Client) {
	t.Helper()
	opts.listen, opts.initialise = "127.0.0.1:0", true
	s, err := start(opts, hclog.NewNullLogger())
	check(t, err)
	t.Cleanup(func() { _ = s.stop() })
	return s, clientOf(t, s.ready, s.ready.RootToken)
}

func clientOf(t *testing.T, at readiness, token string) *api.Client {
	t.Helper()
	client, err := api.NewClient(&api.Config{Address: at.Address})
	check(t, err)
	client.SetToken(token)
	return client
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s is %v, not %v", what, got, want)
	}
}

func write(t *testing.T, client *api.Client, path string, data map[string]any) *api.Secret {
	t.Helper()
	secret, err := client.Logical().Write(path, data)
	check(t, err)
	return secret
}

func read(t *testing.T, client *api.Client, path string) *api.Secret {
	t.Helper()
	secret, err := client.Logical().Read(path)
	check(t, err)
	if secret == nil {
		t.Fatalf("nothing at %s", path)
	}
	return secret
}

func refused(t *testing.T, err error, because string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), because) {
		t.Fatalf("not refused because of %q, but: %v", because, err)
	}
}

// program starts the real program, killed with the test, and gives its one line.
func program(t *testing.T, args ...string) (*exec.Cmd, io.Closer, *bufio.Reader, readiness) {
	t.Helper()
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), asProgram+"=1")
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	check(t, err)
	stdout, err := command.StdoutPipe()
	check(t, err)
	check(t, command.Start())
	t.Cleanup(func() { _ = command.Process.Kill() })
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadBytes('\n')
	check(t, err)
	var at readiness
	check(t, json.Unmarshal(line, &at))
	return command, stdin, lines, at
}

func endsWell(t *testing.T, command *exec.Cmd, lines *bufio.Reader) {
	t.Helper()
	rest, err := io.ReadAll(lines)
	check(t, err)
	equal(t, "output after the line", string(rest), "")
	check(t, command.Wait())
}

func TestPrintsOneLineAndEndsWellOnSigterm(t *testing.T) {
	command, _, lines, at := program(t)
	health, err := clientOf(t, at, "").Sys().Health()
	check(t, err)
	equal(t, "sealed", health.Sealed, false)
	equal(t, "version", health.Version, at.Version)
	check(t, command.Process.Signal(syscall.SIGTERM))
	endsWell(t, command, lines)
}

func TestEndsWithItsStandardInput(t *testing.T) {
	command, stdin, lines, _ := program(t, "--until-stdin-closes")
	check(t, stdin.Close())
	endsWell(t, command, lines)
}

func TestKeepsDataAndTokenOverKill(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "vault")
	command, _, _, before := program(t, "--storage", directory)
	root := clientOf(t, before, before.RootToken)
	check(t, root.Sys().Mount("kv", &api.MountInput{Type: "kv"}))
	write(t, root, "kv/kept", map[string]any{"value": "yes"})
	check(t, command.Process.Kill())
	_ = command.Wait()

	keysFile, err := os.Stat(filepath.Join(directory, "keys.json"))
	check(t, err)
	equal(t, "mode of the keys", keysFile.Mode(), 0o600)
	after, again := serve(t, options{storage: directory})
	equal(t, "root token", after.ready.RootToken, before.RootToken)
	equal(t, "value", read(t, again, "kv/kept").Data["value"], any("yes"))
}

func TestRefusesDirectoryThatAnotherServes(t *testing.T) {
	directory := t.TempDir()
	serve(t, options{storage: directory})
	_, err := start(options{storage: directory, listen: "127.0.0.1:0"}, hclog.NewNullLogger())
	refused(t, err, "another server uses")
}

func TestStaysAsItIsWithoutInit(t *testing.T) {
	directory := t.TempDir()
	for _, initialised := range []bool{false, true} {
		s, err := start(options{storage: directory, listen: "127.0.0.1:0"}, hclog.NewNullLogger())
		check(t, err)
		health, err := clientOf(t, s.ready, "").Sys().Health()
		check(t, err)
		equal(t, "initialised", health.Initialized, initialised)
		equal(t, "sealed", health.Sealed, true)
		equal(t, "knows its key", s.ready.UnsealKey != "", initialised)
		check(t, s.stop())
		if !initialised {
			first, _ := serve(t, options{storage: directory})
			check(t, first.stop())
		}
	}
}

func TestSealsAndUnseals(t *testing.T) {
	s, root := serve(t, options{})
	check(t, root.Sys().Seal())
	_, err := root.Logical().Read("auth/token/lookup-self")
	refused(t, err, "Vault is sealed")
	status, err := root.Sys().Unseal(s.ready.UnsealKey)
	check(t, err)
	equal(t, "sealed", status.Sealed, false)
	read(t, root, "auth/token/lookup-self")
}

func TestRefusesWrongCommandLines(t *testing.T) {
	for because, args := range map[string][]string{
		"go together":         {"--tls-cert", "some.pem"},
		"needs --tls-cert":    {"--tls-client-ca", "some.pem"},
		"is not a level":      {"--log-level", "loud"},
		"unexpected argument": {"server"},
		"not defined":         {"--unknown"},
	} {
		_, err := parse(args)
		refused(t, err, because)
	}
}
