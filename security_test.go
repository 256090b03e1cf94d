package archivist

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSecurityPage holds SECURITY.md to naming files that are there: what defends must be found.
func TestSecurityPage(t *testing.T) {
	page, err := os.ReadFile("SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	files := sourceFiles(t)
	named := regexp.MustCompile("`([a-z_/]+\\.go)`").FindAllStringSubmatch(string(page), -1)
	if len(named) < 20 {
		t.Fatalf("it names %d files", len(named))
	}
	for _, m := range named {
		if m[1] == "plan_test.go" { // the only test that it names
			continue
		}
		if !slices.ContainsFunc(files, func(f string) bool { return f == m[1] || strings.HasSuffix(f, "/"+m[1]) }) {
			t.Errorf("SECURITY.md names %s, which is not there", m[1])
		}
	}
}
