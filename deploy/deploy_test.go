// Package deploy has no code: this test has systemd check its unit. deploy/check, a module of its own, has the tests that need other programs'
// parsers, or that take long.
package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestUnit has systemd itself check the unit: that it understands every line, and how much of the system the service could reach. 0 is nothing, 10
// is all; below 2 little is left but the network.
func TestUnit(t *testing.T) {
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("SKIPPED: systemd is not here; Debian's package systemd has it: ", err)
	}
	unit, err := os.ReadFile("systemd/archivist.service")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// verify wants the program to be there.
	there := strings.Replace(string(unit), "/usr/local/bin/archivist", self, 1)
	check := func(unit string) (string, error) {
		file := filepath.Join(t.TempDir(), "archivist.service")
		if err := os.WriteFile(file, []byte(unit), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(tool, "verify", "--recursive-errors=no", file).CombinedOutput()
		return string(out), err
	}
	if out, err := check(there); err != nil || out != "" {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	if out, err := check(strings.Replace(there, "NoNewPrivileges=yes", "NoNewPrivilege=yes", 1)); err == nil && out == "" {
		t.Error("systemd-analyze verify takes anything")
	}
	out, err := exec.Command(tool, "security", "--offline=true", "systemd/archivist.service").CombinedOutput()
	m := regexp.MustCompile(`Overall exposure level for archivist.service: ([0-9.]+)`).FindSubmatch(out)
	if err != nil || m == nil {
		t.Fatalf("systemd-analyze security: %v\n%s", err, out)
	}
	if exposure, err := strconv.ParseFloat(string(m[1]), 64); err != nil || exposure > 1.5 {
		t.Errorf("the exposure is %s\n%s", m[1], out)
	}
}
