package check

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// An image is what the last stage of the Containerfile describes.
type image struct {
	root       string
	user       uint64
	workdir    string
	variables  []string
	entrypoint string
}

// bake does what the Containerfile says, with a folder in the place of /out and this machine's certificates in the place of the builder's.
func bake(t *testing.T) image {
	text, err := os.ReadFile("../container/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	i := image{root: t.TempDir()}
	out, last := t.TempDir(), false
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", "")) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "FROM":
			last = rest == "scratch"
		case "RUN":
			if last {
				t.Fatalf("nothing can be run in an empty image: %s", rest)
			}
			if !strings.Contains(rest, "go build") {
				continue // the modules are here
			}
			build := exec.Command("sh", "-ec", strings.ReplaceAll(rest, "/out", out))
			build.Dir = "../.."
			build.Env = append(os.Environ(), "VERSION=0.0.1", "COMMIT=0123abc", "DATE=2026-11-27T00:00:00Z")
			if said, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
		case "COPY":
			if last {
				i.copy(t, rest, out)
			}
		case "USER":
			if i.user, err = strconv.ParseUint(strings.Split(rest, ":")[0], 10, 32); err != nil {
				t.Fatal(err)
			}
		case "WORKDIR":
			i.workdir = rest
		case "ENV":
			i.variables = append(i.variables, rest)
		case "ENTRYPOINT":
			i.entrypoint = strings.Trim(rest, `[]"`)
		}
	}
	return i
}

func (i image) copy(t *testing.T, rest, out string) {
	t.Helper()
	var paths []string
	owner := 0
	for _, word := range strings.Fields(rest) {
		if id, ok := strings.CutPrefix(word, "--chown="); ok {
			var err error
			if owner, err = strconv.Atoi(strings.Split(id, ":")[0]); err != nil {
				t.Fatal(err)
			}
		} else if !strings.HasPrefix(word, "--") {
			paths = append(paths, word)
		}
	}
	if len(paths) != 2 {
		t.Fatalf("COPY %s", rest)
	}
	from, to := strings.Replace(paths[0], "/out", out, 1), filepath.Join(i.root, paths[1])
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if err := os.Lchown(to, owner, owner); err != nil {
		t.Fatal(err)
	}
}

const inside = "ARCHIVIST_TEST_INSIDE"

// TestContainer builds the image's files and runs the program among them as a container does: nothing else is there, the user is nobody, what is not
// its data cannot be written.
func TestContainer(t *testing.T) {
	if root := os.Getenv(inside); root != "" {
		runInside(t, root)
		return
	}
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: only root may change the root folder")
	}
	i := bake(t)
	if i.user == 0 || i.workdir != "/data" || i.entrypoint != "/archivist" {
		t.Errorf("the image is run by user %d in %s: %s", i.user, i.workdir, i.entrypoint)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(i.root, "proc"), 0o755); err != nil { // which those who run containers make
		t.Fatal(err)
	}
	// A mount namespace of its own goes with its last process, and the mounts with it.
	const mounts = `mount --bind "$1" "$1" && mount --bind "$1/data" "$1/data" && mount -t proc proc "$1/proc" && mount -o remount,bind,ro "$1" && mount -o remount,bind,rw "$1/data"`
	if said, err := exec.Command("unshare", "--mount", "--propagation", "private", "sh", "-ec", mounts, "sh", i.root).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: nothing can be mounted here: %v %s", err, said)
	}
	again := exec.Command("unshare", "--mount", "--propagation", "private", "sh", "-ec", mounts+` && shift && exec "$@"`, "sh", i.root, self, "-test.run=^TestContainer$", "-test.v")
	again.Env = append(os.Environ(), inside+"="+i.root, "USER_ID="+strconv.FormatUint(i.user, 10), "VARIABLES="+strings.Join(i.variables, " "))
	if said, err := again.CombinedOutput(); err != nil || !bytes.Contains(said, []byte("--- PASS: TestContainer")) {
		t.Errorf("%v\n%s", err, said)
	}
}

func runInside(t *testing.T, root string) {
	user, err := strconv.ParseUint(os.Getenv("USER_ID"), 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/bridge" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page) // whoever asked may have gone
	}))
	defer web.Close()
	run := func(typed string, args ...string) string {
		t.Helper()
		c := exec.Command("/archivist", args...)
		c.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: uint32(user), Gid: uint32(user)}}
		c.Dir, c.Stdin = "/data", strings.NewReader(typed)
		c.Env = append(strings.Fields(os.Getenv("VARIABLES")), "ARCHIVIST_INGEST_ALLOW_ADDRESSES="+strings.TrimPrefix(web.URL, "http://"))
		said, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("archivist %v: %v\n%s", args, err, said)
		}
		return string(said)
	}
	for _, want := range []struct{ said, want string }{
		{run("", "version"), "archivist 0.0.1 (commit 0123abc of 2026-11-27T00:00:00Z, "},
		{run("When will ferry line 4 run again?\n", "chat", "--samples"), "2 March"},
		{run("", "ask", "--library", "samples", "Who won the prize for the best honey?"), "Pavel Horak"},
		{run("", "backup", "/data/backup.db"), ""},
		{run("", "doctor"), ""},
		// A page of the web is read by a process of its own.
		{run("", "ingest", "--library", "town", web.URL+"/bridge"), "added 1"},
		{run("", "ask", "--library", "town", "When was the stone bridge closed?"), "4 March"},
	} {
		if !strings.Contains(want.said, want.want) {
			t.Errorf("it says\n%s\nwanted %q", want.said, want.want)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "archivist"), nil, 0o755); err == nil {
		t.Error("the program can be written over")
	}
	info, err := os.Stat(filepath.Join(root, "data", "archivist.db"))
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; uint64(owner) != user || info.Mode().Perm() != 0o600 {
		t.Errorf("the database is user %d's, %s", owner, info.Mode())
	}
}

const page = `<!doctype html><html lang="en"><head><title>Old bridge closes</title></head><body><article><h1>Old bridge closes</h1>
<p>The stone bridge over the Ebb was closed to all traffic on 4 March after divers found cracks in two of its five piers.</p>
<p>Engineers from the region expect repairs to last until the end of July. Until then, cars must use the motorway bridge upstream.</p>
<p>The bridge was built in 1787 and carried about 3,000 vehicles a day. The divers had come to inspect it after the January flood.</p></article></body></html>`
