package fakediscord

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	printing "golang.org/x/text/message"
)

// english prints what a schema finds.
var english = printing.NewPrinter(language.English)

// Description is Discord's description of its HTTP API (OpenAPI 3.1), ready to judge bodies. Several fakes may share one.
type Description struct {
	doc      object
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	bodies   map[string]*jsonschema.Schema // by method and path; nil = no JSON body is described
}

// LoadDescription reads a description from a file, plain or gzipped.
func LoadDescription(file string) (*Description, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	d, err := ParseDescription(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return d, nil
}

// maxDescription bounds what a gzipped description may unpack to: the real one has 1.2 MB.
const maxDescription = 64 << 20

// ParseDescription reads a description, plain or gzipped.
func ParseDescription(raw []byte) (*Description, error) {
	if bytes.HasPrefix(raw, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("description: %w", err)
		}
		if raw, err = io.ReadAll(io.LimitReader(z, maxDescription)); err != nil {
			return nil, fmt.Errorf("description: %w", err)
		}
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("description: %w", err)
	}
	doc, _ := v.(object)
	if objectAt(doc, "paths") == nil {
		return nil, errors.New("description: no paths in it")
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("discord.json", doc); err != nil {
		return nil, fmt.Errorf("description: %w", err)
	}
	return &Description{doc: doc, compiler: c, bodies: map[string]*jsonschema.Schema{}}, nil
}

// Has tells whether the description knows a path, as "/channels/{channel_id}/messages", with a method in lower case.
func (d *Description) Has(method, path string) bool {
	return objectAt(objectAt(objectAt(d.doc, "paths"), path), method) != nil
}

// Check judges a body; "" is well. The text names the places that do not fit.
func (d *Description) Check(method, path string, body any) (string, error) {
	s, err := d.schema(method, path)
	if err != nil || s == nil {
		return "", err
	}
	err = s.Validate(body)
	var wrong *jsonschema.ValidationError
	if err != nil && errors.As(err, &wrong) {
		// Discord sends ids and permissions as strings and takes them back so, while the description has integers for some.
		if mended, any := mend(body, wrong); any {
			err = s.Validate(mended)
		}
	}
	if err == nil {
		return "", nil
	}
	if !errors.As(err, &wrong) {
		return "", err
	}
	return explain(wrong), nil
}

// schema compiles the schema of a path's JSON body at its first use.
func (d *Description) schema(method, path string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := method + " " + path
	if s, there := d.bodies[key]; there {
		return s, nil
	}
	at := []string{"paths", path, method, "requestBody", "content", "application/json", "schema"}
	o := d.doc
	pointer := ""
	for _, step := range at {
		if o = objectAt(o, step); o == nil {
			d.bodies[key] = nil
			return nil, nil
		}
		pointer += "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(step))
	}
	s, err := d.compiler.Compile("discord.json#" + pointer)
	if err != nil {
		return nil, fmt.Errorf("description of %s: %w", key, err)
	}
	d.bodies[key] = s
	return s, nil
}

// mend is the body with those strings of digits as numbers that the schema wants as integers; any tells whether there were such.
func mend(body any, wrong *jsonschema.ValidationError) (mended any, any bool) {
	mended = body
	for _, leaf := range leaves(wrong) {
		t, isType := leaf.ErrorKind.(*kind.Type)
		if !isType || t.Got != "string" || len(leaf.InstanceLocation) == 0 {
			continue
		}
		last := leaf.InstanceLocation[len(leaf.InstanceLocation)-1]
		if !strings.Contains(last, "permissions") && last != "allow" && last != "deny" && last != "id" {
			continue
		}
		if !any {
			mended, any = copyAny(body), true
		}
		o := at(mended, leaf.InstanceLocation[:len(leaf.InstanceLocation)-1])
		if m, isObject := o.(object); isObject {
			if s := text(m, last); s != "" && strings.Trim(s, "0123456789") == "" {
				m[last] = json.Number(s)
			}
		}
	}
	return mended, any
}

func copyAny(v any) any {
	out, err := decode(encode(v))
	if err != nil {
		return v // it was decoded before, so this cannot be
	}
	return out
}

func at(v any, path []string) any {
	for _, step := range path {
		switch inner := v.(type) {
		case object:
			v = inner[step]
		case []any:
			i := 0
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(inner) {
				return nil
			}
			v = inner[i]
		}
	}
	return v
}

func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var out []*jsonschema.ValidationError
	for _, c := range e.Causes {
		out = append(out, leaves(c)...)
	}
	return out
}

// explain names at most four of the deepest places that do not fit: in a union the deepest one is of the kind that was meant.
func explain(e *jsonschema.ValidationError) string {
	all := leaves(e)
	deepest := 0
	for _, l := range all {
		deepest = max(deepest, len(l.InstanceLocation))
	}
	var said []string
	for _, l := range all {
		if len(l.InstanceLocation) == deepest && len(said) < 4 {
			said = append(said, fmt.Sprintf("/%s: %v", strings.Join(l.InstanceLocation, "/"), l.ErrorKind.LocalizedString(english)))
		}
	}
	return strings.Join(said, "; ")
}

// describe judges the call's body by the description; "" is well, or nothing to judge by.
func (c *call) describe() string {
	d := c.d.o.Description
	if d == nil || c.route == nil || c.any == nil {
		return ""
	}
	wrong, err := d.Check(strings.ToLower(c.route.method), c.route.path, c.any)
	if err != nil {
		return err.Error()
	}
	return wrong
}
