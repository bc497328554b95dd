package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/semver"
	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

// One object, and where it comes from.
type manifest struct {
	Template string                 `json:"template"`
	Object   map[string]interface{} `json:"object"`
}

type engine struct {
	chart   *chart
	options options
	tree    *template.Template
	depth   int
}

// Helm's own limit.
const maxDepth = 1000

var separator = regexp.MustCompile(`(?m)^---[ \t]*$`)

func newEngine(c *chart, o options) *engine {
	e := &engine{chart: c, options: o}
	e.tree = template.New("gotpl").Funcs(e.functions())
	if o.strict {
		e.tree.Option("missingkey=error")
	} else {
		e.tree.Option("missingkey=zero")
	}
	return e
}

func (e *engine) render(values map[string]interface{}) ([]manifest, error) {
	names := make([]string, 0, len(e.chart.templates))
	for name := range e.chart.templates {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if _, err := e.tree.New(e.full(name)).Parse(e.chart.templates[name]); err != nil {
			return nil, err
		}
	}
	result := []manifest{}
	for _, name := range names {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		text, err := e.execute(e.full(name), e.context(name, values))
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, ".txt") {
			continue
		}
		if result, err = split(result, name, text); err != nil {
			return nil, err
		}
	}
	return result, nil
}

// Twice the same key is an error: the API server says so as well.
func split(result []manifest, name, text string) ([]manifest, error) {
	for _, document := range separator.Split(text, -1) {
		data, err := yaml.YAMLToJSONStrict([]byte(document))
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", name, err, document)
		}
		var object map[string]interface{}
		if err := json.Unmarshal(data, &object); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", name, err, document)
		}
		if object != nil {
			result = append(result, manifest{Template: name, Object: object})
		}
	}
	return result, nil
}

func (e *engine) full(name string) string { return e.chart.metadata.Name + "/" + name }

func (e *engine) execute(name string, data interface{}) (string, error) {
	var text strings.Builder
	if err := e.tree.ExecuteTemplate(&text, name, data); err != nil {
		return "", err
	}
	// A missing value is nothing, as in helm.
	return strings.ReplaceAll(text.String(), "<no value>", ""), nil
}

type kubeVersion struct{ Version, Major, Minor, GitVersion string }

func (v kubeVersion) String() string { return v.Version }

type apiVersions []string

// Has is what templates call.
func (v apiVersions) Has(wanted string) bool {
	for _, version := range v {
		if version == wanted {
			return true
		}
	}
	return false
}

func (e *engine) context(name string, values map[string]interface{}) map[string]interface{} {
	version := kubeVersion{Version: "v" + e.options.kubeVersion, GitVersion: "v" + e.options.kubeVersion}
	if parsed, err := semver.NewVersion(e.options.kubeVersion); err == nil {
		version.Major, version.Minor = fmt.Sprint(parsed.Major()), fmt.Sprint(parsed.Minor())
	}
	return map[string]interface{}{
		"Values": values,
		"Chart":  e.chart.metadata,
		"Files":  e.chart.files,
		"Release": map[string]interface{}{
			"Name": e.options.release, "Namespace": e.options.namespace, "Service": "Helm", "Revision": 1, "IsInstall": true, "IsUpgrade": false,
		},
		"Capabilities": map[string]interface{}{
			"KubeVersion": version,
			"APIVersions": apiVersions{"v1", "apps/v1", "policy/v1", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1", "discovery.k8s.io/v1"},
		},
		"Template": map[string]interface{}{"Name": e.full(name), "BasePath": e.chart.metadata.Name + "/templates"},
	}
}

func (e *engine) functions() template.FuncMap {
	functions := sprig.TxtFuncMap()
	// Helm gives charts no environment either.
	delete(functions, "env")
	delete(functions, "expandenv")
	functions["include"] = func(name string, data interface{}) (string, error) {
		if e.depth++; e.depth > maxDepth {
			return "", fmt.Errorf("%s is included in itself more than %d times", name, maxDepth)
		}
		defer func() { e.depth-- }()
		return e.execute(name, data)
	}
	functions["tpl"] = func(text string, data interface{}) (string, error) {
		clone, err := e.tree.Clone()
		if err != nil {
			return "", err
		}
		parsed, err := clone.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		var result strings.Builder
		err = parsed.Execute(&result, data)
		return strings.ReplaceAll(result.String(), "<no value>", ""), err
	}
	functions["required"] = func(message string, value interface{}) (interface{}, error) {
		if text, isText := value.(string); value == nil || (isText && text == "") {
			return nil, errors.New(message)
		}
		return value, nil
	}
	functions["fail"] = func(message string) (string, error) { return "", errors.New(message) }
	functions["lookup"] = func(string, string, string, string) map[string]interface{} { return map[string]interface{}{} }
	functions["toYaml"] = func(value interface{}) string {
		data, err := yaml.Marshal(value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(string(data), "\n")
	}
	functions["fromYaml"] = func(text string) map[string]interface{} {
		result := map[string]interface{}{}
		if err := yaml.Unmarshal([]byte(text), &result); err != nil {
			result["Error"] = err.Error()
		}
		return result
	}
	functions["fromYamlArray"] = func(text string) []interface{} {
		result := []interface{}{}
		if err := yaml.Unmarshal([]byte(text), &result); err != nil {
			result = []interface{}{err.Error()}
		}
		return result
	}
	functions["toJson"] = func(value interface{}) string {
		data, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(data)
	}
	functions["fromJson"] = functions["fromYaml"]
	functions["fromJsonArray"] = functions["fromYamlArray"]
	return functions
}
