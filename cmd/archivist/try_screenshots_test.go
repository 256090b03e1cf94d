package main

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestScreenshots takes all pictures anew as README's were taken: that each shows its texts is what the command itself waits for, as text in
// view. Here they are pictures of a page in their size, neither empty nor of one another.
func TestScreenshots(t *testing.T) {
	needsBrowser(t)
	folder := filepath.Join(t.TempDir(), "pictures")
	out := &syncBuffer{}
	if code := run(t.Context(), []string{"try", "--screenshots", folder}, streams{strings.NewReader(""), out, out}, noEnvironment); code != exitDone {
		t.Fatalf("exit code %d: %s", code, out)
	}
	made, err := newTown()
	if err != nil {
		t.Fatal(err)
	}
	defer made.discord.Close()
	var former []byte
	for _, s := range made.shots("") {
		data, err := os.ReadFile(filepath.Join(folder, s.name+".png"))
		if err != nil {
			t.Error(err)
			continue
		}
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		if size := picture.Bounds().Size(); int64(size.X) != s.width || int64(size.Y) != s.height {
			t.Errorf("%s is %v, want %d by %d", s.name, size, s.width, s.height)
		}
		colours := map[any]bool{}
		for y := 0; y < picture.Bounds().Dy(); y += 3 {
			for x := 0; x < picture.Bounds().Dx(); x += 3 {
				colours[picture.At(x, y)] = true
			}
		}
		if len(colours) < 50 || bytes.Equal(data, former) {
			t.Errorf("%s has %d colours, or is the one before it", s.name, len(colours))
		}
		former = data
	}
}

// TestReadmePictures: what README shows is there, is one of the shots, and is small; the other shots are not kept beside it.
func TestReadmePictures(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := os.ReadFile("../../.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	made, err := newTown()
	if err != nil {
		t.Fatal(err)
	}
	defer made.discord.Close()
	var shots []string
	for _, s := range made.shots("") {
		shots = append(shots, "docs/screenshots/"+s.name+".png")
	}
	var shown []string
	for _, hit := range regexp.MustCompile(`]\((docs/screenshots/[^)]*)\)`).FindAllStringSubmatch(string(readme), -1) {
		shown = append(shown, hit[1])
	}
	if len(shown) != 4 {
		t.Errorf("README.md shows %q, want four pictures", shown)
	}
	for _, file := range shots {
		if slices.Contains(shown, file) == strings.Contains(string(ignored), "/"+file+"\n") {
			t.Errorf("%s: either README.md shows it, or git ignores it", file)
		}
	}
	for _, file := range shown {
		if !slices.Contains(shots, file) {
			t.Errorf("README.md shows %s, which is no shot", file)
		}
		if info, err := os.Stat(filepath.Join("..", "..", file)); err != nil || info.Size() > 150_000 {
			t.Errorf("%s: %v, or more than 150 KB", file, err)
		}
	}
}

// TestScreenshotsWithoutBrowser says what to install, before anything is made.
func TestScreenshotsWithoutBrowser(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := findBrowser(); err == nil {
		t.Skip("this system has a browser outside the PATH")
	}
	folder := filepath.Join(t.TempDir(), "pictures")
	out := &syncBuffer{}
	if code := run(t.Context(), []string{"try", "--screenshots", folder}, streams{strings.NewReader(""), out, out}, noEnvironment); code != exitFailed || !strings.Contains(out.String(), "apt-get install chromium") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the folder was made")
	}
}
