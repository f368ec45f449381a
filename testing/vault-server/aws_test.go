package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go/aws/credentials"
	v4 "github.com/aws/aws-sdk-go/aws/signer/v4"
)

const (
	accessKey = "AKIDEXAMPLE"
	secretKey = "a-key-that-only-the-caller-and-sts-know"
	callerARN = "arn:aws:sts::123456789012:assumed-role/app/one"
	serverID  = "vault.example.test"
	stsURL    = "https://sts.eu-west-1.amazonaws.com/"
	stsBody   = "Action=GetCallerIdentity&Version=2011-06-15"
)

// sign makes the headers of the GetCallerIdentity request that a caller hands to Vault in place of a
// password.
func sign(t *testing.T, key string, at time.Time, headers http.Header) http.Header {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, stsURL, nil)
	check(t, err)
	request.Header = headers.Clone()
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	signer := v4.NewSigner(credentials.NewStaticCredentials(accessKey, key, ""))
	_, err = signer.Sign(request, strings.NewReader(stsBody), "sts", "eu-west-1", at)
	check(t, err)
	return request.Header
}

// sts answers as AWS would: who signed, if the signature holds for the host that was meant.
func sts(t *testing.T) *httptest.Server {
	t.Helper()
	answer := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		body, _ := io.ReadAll(r.Body)
		at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		signed := http.Header{"X-Vault-Aws-Iam-Server-Id": r.Header["X-Vault-Aws-Iam-Server-Id"]}
		if err != nil || string(body) != stsBody || "https://"+r.Host+"/" != stsURL ||
			r.Header.Get("Authorization") != sign(t, secretKey, at, signed).Get("Authorization") {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<ErrorResponse/>")
			return
		}
		fmt.Fprintf(w, "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>%s</Arn>"+
			"<UserId>AROAEXAMPLE:one</UserId><Account>123456789012</Account>"+
			"</GetCallerIdentityResult></GetCallerIdentityResponse>", callerARN)
	}
	server := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(server.Close)
	return server
}

func awsLogin(t *testing.T, key string) map[string]any {
	t.Helper()
	signed := sign(t, key, time.Now(), http.Header{"X-Vault-Aws-Iam-Server-Id": {serverID}})
	headers, err := json.Marshal(signed)
	check(t, err)
	encode := base64.StdEncoding.EncodeToString
	return map[string]any{
		"role":                    "app",
		"iam_http_request_method": http.MethodPost,
		"iam_request_url":         encode([]byte(stsURL)),
		"iam_request_body":        encode([]byte(stsBody)),
		"iam_request_headers":     encode(headers),
	}
}

func TestAWSLoginIsDecidedBySTS(t *testing.T) {
	s, root := enabled(t, "aws")
	write(t, root, "auth/aws/config/client", map[string]any{
		"sts_endpoint": sts(t).URL, "iam_server_id_header_value": serverID, "max_retries": 0,
	})
	write(t, root, "auth/aws/role/app", map[string]any{
		"auth_type":               "iam",
		"bound_iam_principal_arn": "arn:aws:iam::123456789012:role/app",
		"resolve_aws_unique_ids":  false,
		"token_policies":          "orders",
	})
	anybody := clientOf(t, s.ready, "")
	entered(t, s, write(t, anybody, "auth/aws/login", awsLogin(t, secretKey)), "orders")
	_, err := anybody.Logical().Write("auth/aws/login", awsLogin(t, "another-key"))
	refused(t, err, "received error code 403 from STS")
}
