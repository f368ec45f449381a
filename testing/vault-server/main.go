// Vault-server is a real Vault for tests: the engines and logins that Latchkey talks to, built from
// Vault's own Go module, since no registry packages its binary.
//
// It initialises and unseals itself, prints one JSON line when it serves, and ends with its parent
// if asked to. It is no place for a secret that matters: whoever reads its storage directory or its
// standard output holds its root token.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/hashicorp/go-hclog"
)

const usage = `Serves a real Vault %s for tests. When it is ready it prints one line on standard output:

  {"address":"http://127.0.0.1:PORT","root_token":"...","unseal_key":"...","version":"%s"}

and it serves until SIGTERM or SIGINT, then ends with 0.

usage: vault-server [options]

  --listen ADDRESS           where to listen (default 127.0.0.1:0, a free port)
  --storage DIRECTORY        keep everything below this directory; a server started there again
                             unseals itself and has the same root token (default: in memory)
  --init=false               neither initialise nor unseal; the line's token and key are those that
                             the directory holds, or empty
  --log-level LEVEL          off, error, warn, info, debug or trace, on standard error (default
                             error)
  --tls-cert FILE            serve TLS with this certificate, PEM
  --tls-key FILE             and this key, PEM
  --tls-client-ca FILE       demand client certificates signed by one of these, PEM
  --until-stdin-closes       end when standard input does, so that no server outlives its test
  --help                     print this

secrets engines: database (postgresql-database-plugin), kv, pki, transit
auth methods:    approle, aws, kubernetes, token, userpass
audit devices:   file
`

// options is what the command line says.
type options struct {
	listen           string
	storage          string
	initialise       bool
	level            hclog.Level
	tls              tlsFiles
	untilStdinCloses bool
}

func main() {
	opts, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		fmt.Printf(usage, vaultVersion(), vaultVersion())
		return
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "vault-server: %v; see --help\n", err)
		os.Exit(2)
	}
	if err := run(opts); err != nil {
		fmt.Fprintf(os.Stderr, "vault-server: %v\n", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var opts options
	var level string
	flags := flag.NewFlagSet("vault-server", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&opts.listen, "listen", "127.0.0.1:0", "")
	flags.StringVar(&opts.storage, "storage", "", "")
	flags.BoolVar(&opts.initialise, "init", true, "")
	flags.StringVar(&level, "log-level", "error", "")
	flags.StringVar(&opts.tls.cert, "tls-cert", "", "")
	flags.StringVar(&opts.tls.key, "tls-key", "", "")
	flags.StringVar(&opts.tls.clientCA, "tls-client-ca", "", "")
	flags.BoolVar(&opts.untilStdinCloses, "until-stdin-closes", false, "")
	if err := flags.Parse(args); err != nil {
		return opts, err
	}
	if flags.NArg() > 0 {
		return opts, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if opts.level = hclog.LevelFromString(level); opts.level == hclog.NoLevel {
		return opts, fmt.Errorf("--log-level %q is not a level", level)
	}
	return opts, opts.tls.check()
}

// run serves until a signal, or the end of standard input where the options say so.
func run(opts options) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	logger := hclog.New(&hclog.LoggerOptions{Level: opts.level, Output: os.Stderr})

	server, err := start(opts, logger)
	if err != nil {
		return err
	}
	if opts.untilStdinCloses {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	line, err := json.Marshal(server.ready)
	if err == nil {
		_, err = fmt.Println(string(line))
	}
	if err == nil {
		err = server.serveUntil(ctx)
	}
	return errors.Join(err, server.stop())
}
