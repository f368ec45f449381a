package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// selfSigned writes a certificate for 127.0.0.1, good for either end, and its key.
func selfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	public := &private.PublicKey
	content, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	check(t, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	check(t, err)
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	writePEM(t, cert, "CERTIFICATE", content)
	writePEM(t, key, "PRIVATE KEY", encoded)
	return cert, key
}

func writePEM(t *testing.T, path, kind string, content []byte) {
	t.Helper()
	check(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600))
}

func TestDemandsClientCertificateWhereToldTo(t *testing.T) {
	cert, key := selfSigned(t)
	clientCert, clientKey := selfSigned(t)
	s, _ := serve(t, options{tls: tlsFiles{cert: cert, key: key, clientCA: clientCert}})
	equal(t, "https", strings.HasPrefix(s.ready.Address, "https://127.0.0.1:"), true)

	trusted := x509.NewCertPool()
	content, err := os.ReadFile(cert)
	check(t, err)
	trusted.AppendCertsFromPEM(content)
	get := func(config *tls.Config) error {
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: config}}
		defer client.CloseIdleConnections()
		response, err := client.Get(s.ready.Address + "/v1/sys/health")
		if err == nil {
			equal(t, "status", response.StatusCode, http.StatusOK)
			err = response.Body.Close()
		}
		return err
	}
	pair, err := tls.LoadX509KeyPair(clientCert, clientKey)
	check(t, err)
	check(t, get(&tls.Config{RootCAs: trusted, Certificates: []tls.Certificate{pair}}))
	refused(t, get(&tls.Config{RootCAs: trusted}), "certificate required")
}
