package main

import (
	"testing"

	"github.com/hashicorp/vault/api"
)

func enabled(t *testing.T, method string) (*server, *api.Client) {
	t.Helper()
	s, root := serve(t, options{})
	check(t, root.Sys().EnableAuthWithOptions(method, &api.EnableAuthOptions{Type: method}))
	return s, root
}

// entered says that a login gave a token with a policy, and that the server takes the token.
func entered(t *testing.T, s *server, login *api.Secret, policy string) {
	t.Helper()
	policies, err := login.TokenPolicies()
	check(t, err)
	equal(t, "policies", len(policies), 2)
	equal(t, "policy", policies[1], policy)
	read(t, clientOf(t, s.ready, login.Auth.ClientToken), "auth/token/lookup-self")
}

func TestAppRoleTakesItsSecretIDOnce(t *testing.T) {
	s, root := enabled(t, "approle")
	write(t, root, "auth/approle/role/app", map[string]any{
		"token_policies": "orders", "secret_id_num_uses": 1,
	})
	roleID := read(t, root, "auth/approle/role/app/role-id").Data["role_id"]
	secretID := write(t, root, "auth/approle/role/app/secret-id", nil).Data["secret_id"]
	credentials := map[string]any{"role_id": roleID, "secret_id": secretID}
	anybody := clientOf(t, s.ready, "")
	entered(t, s, write(t, anybody, "auth/approle/login", credentials), "orders")
	_, err := anybody.Logical().Write("auth/approle/login", credentials)
	refused(t, err, "invalid secret id")
}

func TestUserpassRefusesAWrongPassword(t *testing.T) {
	s, root := enabled(t, "userpass")
	write(t, root, "auth/userpass/users/app", map[string]any{
		"password": "right", "token_policies": "orders",
	})
	anybody := clientOf(t, s.ready, "")
	login := func(password string) (*api.Secret, error) {
		credentials := map[string]any{"password": password}
		return anybody.Logical().Write("auth/userpass/login/app", credentials)
	}
	good, err := login("right")
	check(t, err)
	entered(t, s, good, "orders")
	_, err = login("wrong")
	refused(t, err, "invalid username or password")
}
