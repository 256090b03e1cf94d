// Package check holds what stands in deploy to the parsers and types of the programs that will read it.
package check

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// metrics are the labels of each metric that docs/METRICS.md lists, which a test of the program holds to what it tells.
func metrics(t *testing.T) map[string][]string {
	page, err := os.ReadFile("../../docs/METRICS.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string][]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| ([a-z]+) \\| ([a-z, ]*) \\|").FindAllStringSubmatch(string(page), -1) {
		own := strings.FieldsFunc(m[3], func(r rune) bool { return r == ',' || r == ' ' })
		told[m[1]] = own
		if m[2] == "histogram" {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				told[m[1]+suffix] = append([]string{"le"}, own...)
			}
		}
	}
	if len(told) < 20 {
		t.Fatalf("docs/METRICS.md lists %d metrics", len(told))
	}
	return told
}

// scraped are the labels that Prometheus adds by itself.
var scraped = []string{"job", "instance"}

// checkQuery wants an expression to parse, and to ask for metrics and labels that are told.
func checkQuery(t *testing.T, where, query string, told map[string][]string) {
	t.Helper()
	expression, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	selectors := 0
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		s, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		selectors++
		own, known := told[s.Name]
		if !known && s.Name != "up" && !strings.HasPrefix(s.Name, "go_") && !strings.HasPrefix(s.Name, "process_") {
			t.Errorf("%s: nothing tells %s", where, s.Name)
		}
		for _, m := range s.LabelMatchers {
			if m.Name != model.MetricNameLabel && !slices.Contains(own, m.Name) && !slices.Contains(scraped, m.Name) {
				t.Errorf("%s: %s has no label %s", where, s.Name, m.Name)
			}
		}
		return nil
	})
	if selectors == 0 {
		t.Errorf("%s asks for nothing: %s", where, query)
	}
}

func TestAlerts(t *testing.T) {
	told := metrics(t)
	groups, errs := rulefmt.ParseFile("../prometheus/alerts.yaml", false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	rules := 0
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			rules++
			checkQuery(t, r.Alert, r.Expr, told)
			if r.Annotations["summary"] == "" || r.Annotations["action"] == "" || !slices.Contains([]string{"page", "warn"}, r.Labels["severity"]) {
				t.Errorf("%s does not say what is the matter, how bad it is, and what to do", r.Alert)
			}
		}
	}
	if rules < 10 {
		t.Errorf("there are %d rules", rules)
	}
}

func TestDashboard(t *testing.T) {
	told := metrics(t)
	text, err := os.ReadFile("../prometheus/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		UID, Title    string
		SchemaVersion int
		Panels        []struct {
			ID          int
			Title, Type string
			GridPos     struct{ H, W, X, Y int }
			Targets     []struct{ RefID, Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	taken := map[[2]int]string{} // a cell of the grid, by whose panel
	ids := map[int]bool{}
	variables := strings.NewReplacer("$__rate_interval", "5m", "$instance", ".*")
	for _, p := range board.Panels {
		if ids[p.ID] {
			t.Errorf("two panels have the id %d", p.ID)
		}
		ids[p.ID] = true
		if p.Type != "row" && len(p.Targets) == 0 {
			t.Errorf("%s shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			checkQuery(t, p.Title, variables.Replace(target.Expr), told)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s lies over %q, or beyond the grid", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
	if board.UID == "" || board.SchemaVersion == 0 || len(board.Panels) < 10 {
		t.Errorf("this is no dashboard: uid %q, schema %d, %d panels", board.UID, board.SchemaVersion, len(board.Panels))
	}
}

// TestQueriesAreChecked: the check fails what it should.
func TestQueriesAreChecked(t *testing.T) {
	told := metrics(t)
	for _, query := range []string{"archivist_nothing", `archivist_asks_total{stage="x"}`, "sum(", "1 + 1"} {
		ran := make(chan bool)
		go func() { // of its own, as a failure is what is wanted
			inner := &testing.T{}
			checkQuery(inner, "", query, told)
			ran <- inner.Failed()
		}()
		if !<-ran {
			t.Errorf("%s passes", query)
		}
	}
}

// documents are those of a YAML file.
func documents(t *testing.T, name string) [][]byte {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(text, []byte("\n---\n"))
}

// TestKubernetes reads the manifests as Kubernetes does, strictly, and wants what holds the container down.
func TestKubernetes(t *testing.T) {
	found := documents(t, "../kubernetes/archivist.yaml")
	if len(found) != 2 {
		t.Fatalf("%d documents", len(found))
	}
	var service corev1.Service
	if err := yaml.UnmarshalStrict(found[0], &service); err != nil {
		t.Fatal(err)
	}
	var set appsv1.StatefulSet
	if err := yaml.UnmarshalStrict(found[1], &set); err != nil {
		t.Fatal(err)
	}
	if service.Kind != "Service" || set.Kind != "StatefulSet" || set.APIVersion != "apps/v1" || set.Spec.ServiceName != service.Name {
		t.Errorf("a %s, and a %s of %s over the service %s", service.Kind, set.Kind, set.APIVersion, set.Spec.ServiceName)
	}
	pod := set.Spec.Template
	for key, value := range set.Spec.Selector.MatchLabels {
		if pod.Labels[key] != value || service.Spec.Selector[key] != value {
			t.Errorf("the selector %s=%s finds no pod", key, value)
		}
	}
	c := pod.Spec.Containers[0]
	held := c.SecurityContext
	if !*held.ReadOnlyRootFilesystem || *held.AllowPrivilegeEscalation || !*pod.Spec.SecurityContext.RunAsNonRoot || *pod.Spec.SecurityContext.RunAsUser == 0 ||
		len(held.Capabilities.Drop) != 1 || held.Capabilities.Drop[0] != "ALL" || *pod.Spec.AutomountServiceAccountToken {
		t.Errorf("the container may more than it needs: %+v", held)
	}
	ports := map[string]bool{}
	for _, p := range c.Ports {
		ports[p.Name] = true
	}
	for _, probe := range []*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		if probe == nil || !ports[probe.HTTPGet.Port.StrVal] || !slices.Contains([]string{"/healthz", "/readyz"}, probe.HTTPGet.Path) {
			t.Errorf("a probe asks for %+v", probe)
		}
	}
	if c.Resources.Limits.Memory().IsZero() || c.Resources.Requests.Cpu().IsZero() {
		t.Error("the container has no bounds")
	}
	mounts := map[string]bool{}
	for _, m := range c.VolumeMounts {
		mounts[m.Name] = m.MountPath == "/data"
	}
	for _, v := range pod.Spec.Volumes {
		if !mounts[v.Name] {
			t.Errorf("the volume %s is not mounted at /data", v.Name)
		}
	}
	// Each pod holds the shard of its number, of as many as there are pods.
	variables := map[string]string{}
	for _, v := range c.Env {
		variables[v.Name] = v.Value
		if v.ValueFrom != nil && v.ValueFrom.FieldRef != nil {
			variables[v.Name] = v.ValueFrom.FieldRef.FieldPath
		}
	}
	n := variables["ARCHIVIST_DISCORD_PROCESSES"]
	if variables["POD"] != "metadata.labels['apps.kubernetes.io/pod-index']" || variables["ARCHIVIST_DISCORD_SHARDS"] != "$(POD)-$(POD)/"+n || n != string('0'+rune(*set.Spec.Replicas)) {
		t.Errorf("%d replicas with the variables %v", *set.Spec.Replicas, variables)
	}
}

// TestCompose reads the compose file by the specification's own loader and schema.
func TestCompose(t *testing.T) {
	file, err := filepath.Abs("../container/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	load := func(environment ...string) error {
		options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv(environment))
		if err != nil {
			return err
		}
		project, err := options.LoadProject(t.Context())
		if err != nil {
			return err
		}
		bot := project.Services["archivist"]
		if !bot.ReadOnly || !slices.Equal(bot.CapDrop, []string{"ALL"}) || bot.DependsOn["postgres"].Condition != "service_healthy" || bot.MemLimit == 0 {
			t.Errorf("the bot may more than it needs, or does not wait for its database: %+v", bot)
		}
		for _, p := range bot.Ports {
			if p.HostIP != "127.0.0.1" {
				t.Errorf("port %s is open to %q", p.Published, p.HostIP)
			}
		}
		if len(project.Services["postgres"].Ports) > 0 {
			t.Error("the database is open to others")
		}
		if _, err := os.Stat(filepath.Join(bot.Build.Context, bot.Build.Dockerfile)); err != nil {
			t.Error(err)
		}
		return nil
	}
	if err := load("DISCORD_TOKEN=x", "POSTGRES_PASSWORD=y"); err != nil {
		t.Error(err)
	}
	if err := load("DISCORD_TOKEN=x"); err == nil || !strings.Contains(err.Error(), "POSTGRES_PASSWORD") {
		t.Errorf("without a password: %v", err)
	}
}
