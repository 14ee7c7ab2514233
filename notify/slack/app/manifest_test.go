package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"hansho/notify/slack/slacktest"
)

// webMethods are the Web API's names of the client's methods.
var webMethods = map[string][]string{
	"AuthTestContext":               {"auth.test"},
	"GetConversationHistoryContext": {"conversations.history"},
	"GetConversationRepliesContext": {"conversations.replies"},
	"GetConversationsContext":       {"conversations.list"},
	"GetUserInfoContext":            {"users.info"},
	"OpenViewContext":               {"views.open"},
	"PostMessageContext":            {"chat.postMessage"},
	"PublishViewContext":            {"views.publish"},
	"SendMessageContext":            {"chat.postMessage"},
	"UpdateMessageContext":          {"chat.update"},
	"UploadFileContext":             {"files.getUploadURLExternal", "files.completeUploadExternal"},
}

type manifest struct {
	Features struct {
		AppHome struct {
			Home bool `yaml:"home_tab_enabled"`
		} `yaml:"app_home"`
		Commands []struct {
			Command string `yaml:"command"`
		} `yaml:"slash_commands"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot  []string `yaml:"bot"`
			User []string `yaml:"user"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool `yaml:"is_enabled"`
		} `yaml:"interactivity"`
		SocketMode bool `yaml:"socket_mode_enabled"`
	} `yaml:"settings"`
}

// The manifest asks for the scopes that the calls in the code need, and for no
// other.
func TestManifestScopes(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "deploy", "slack-app-manifest.yaml"))
	must(t, err)
	var m manifest
	must(t, yaml.Unmarshal(raw, &m))
	want := []string{"commands"} // for the slash command
	for _, method := range calledMethods(t) {
		scopes, ok := slacktest.ScopesOf(method)
		if !ok {
			t.Errorf("slacktest doesn't know %s", method)
		}
		want = append(want, scopes...)
	}
	slices.Sort(want)
	got := slices.Sorted(slices.Values(m.OAuth.Scopes.Bot))
	if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
		t.Errorf("scopes needed (-) and asked for (+):\n%s", diff)
	}
	if len(m.OAuth.Scopes.User) != 0 {
		t.Errorf("user scopes %v: hansho acts for nobody", m.OAuth.Scopes.User)
	}
	if !m.Features.AppHome.Home || len(m.Features.Commands) != 1 || m.Features.Commands[0].Command != "/hansho" ||
		!slices.Equal(m.Settings.Events.Bot, []string{"app_home_opened"}) || !m.Settings.Interactivity.Enabled || !m.Settings.SocketMode {
		t.Errorf("the manifest leaves out what the app answers: %+v", m)
	}
}

// calledMethods lists the Web API methods that the code calls on its client.
func calledMethods(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, dir := range []string{"..", "."} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		must(t, err)
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
			must(t, err)
			ast.Inspect(parsed, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				method, ok := call.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if on, ok := method.X.(*ast.SelectorExpr); !ok || on.Sel.Name != "api" {
					return true
				}
				names, ok := webMethods[method.Sel.Name]
				if !ok {
					t.Errorf("%s calls %s: which method of the Web API is it?", f, method.Sel.Name)
				}
				out = append(out, names...)
				return true
			})
		}
	}
	if len(out) < 5 {
		t.Fatalf("found the calls %v only", out)
	}
	return out
}
