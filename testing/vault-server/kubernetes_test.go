package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// clusterIssuer signs the tokens of service accounts.
type clusterIssuer struct{ key *rsa.PrivateKey }

func newClusterIssuer(t *testing.T) clusterIssuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	check(t, err)
	return clusterIssuer{key}
}

func (c clusterIssuer) publicKey(t *testing.T) string {
	t.Helper()
	content, err := x509.MarshalPKIXPublicKey(&c.key.PublicKey)
	check(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: content}))
}

// token is a projected one, for a service account in the namespace shop.
func (c clusterIssuer) token(t *testing.T, account string) string {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	claims, err := json.Marshal(map[string]any{
		"iss": "https://kubernetes.default.svc.cluster.local",
		"aud": []string{"vault"},
		"iat": time.Now().Unix(),
		"exp": time.Now().Add(time.Minute).Unix(),
		"sub": "system:serviceaccount:shop:" + account,
		"kubernetes.io": map[string]any{
			"namespace":      "shop",
			"serviceaccount": map[string]any{"name": account, "uid": "uid-of-" + account},
		},
	})
	check(t, err)
	signed := encode([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." + encode(claims)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, c.key, crypto.SHA256, digest[:])
	check(t, err)
	return signed + "." + encode(signature)
}

// tokenReviews is the one endpoint of a cluster that Vault asks. It knows one token, and echoes the
// audiences that it was asked about, without which Vault refuses the login.
func tokenReviews(t *testing.T, reviewer, known, account string) *httptest.Server {
	t.Helper()
	review := func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+reviewer {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var asked struct {
			Spec struct {
				Token     string   `json:"token"`
				Audiences []string `json:"audiences"`
			} `json:"spec"`
		}
		status := map[string]any{"authenticated": false}
		if err := json.NewDecoder(r.Body).Decode(&asked); err == nil && asked.Spec.Token == known {
			status = map[string]any{
				"authenticated": true,
				"audiences":     asked.Spec.Audiences,
				"user": map[string]any{
					"username": "system:serviceaccount:shop:" + account, "uid": "uid-of-" + account,
				},
			}
		}
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status,
		})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /apis/authentication.k8s.io/v1/tokenreviews", review)
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	return server
}

func TestKubernetesLoginIsDecidedByTokenReviewAndSignature(t *testing.T) {
	s, root := enabled(t, "kubernetes")
	cluster := newClusterIssuer(t)
	reviewer, known := cluster.token(t, "reviewer"), cluster.token(t, "orders")
	reviews := tokenReviews(t, reviewer, known, "orders")
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: reviews.Certificate().Raw})
	write(t, root, "auth/kubernetes/config", map[string]any{
		"kubernetes_host":      reviews.URL,
		"kubernetes_ca_cert":   string(ca),
		"token_reviewer_jwt":   reviewer,
		"pem_keys":             cluster.publicKey(t),
		"disable_local_ca_jwt": true,
	})
	write(t, root, "auth/kubernetes/role/app", map[string]any{
		"bound_service_account_names":      "orders",
		"bound_service_account_namespaces": "shop",
		"audience":                         "vault",
		"token_policies":                   "orders",
	})
	login := func(jwt string) map[string]any { return map[string]any{"role": "app", "jwt": jwt} }
	anybody := clientOf(t, s.ready, "")
	entered(t, s, write(t, anybody, "auth/kubernetes/login", login(known)), "orders")

	for because, jwt := range map[string]string{
		"permission denied":                   newClusterIssuer(t).token(t, "orders"),
		"service account name not authorized": cluster.token(t, "others"),
	} {
		_, err := anybody.Logical().Write("auth/kubernetes/login", login(jwt))
		refused(t, err, because)
	}
}
