package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/Masterminds/semver"
	"github.com/xeipuuv/gojsonschema"
	"sigs.k8s.io/yaml"
)

// What Chart.yaml says, under the names that templates use.
type metadata struct {
	APIVersion  string            `json:"apiVersion"`
	Name        string            `json:"name"`
	Version     string            `json:"version"`
	AppVersion  string            `json:"appVersion"`
	KubeVersion string            `json:"kubeVersion"`
	Description string            `json:"description"`
	Type        string            `json:"type"`
	Annotations map[string]string `json:"annotations"`
}

type chart struct {
	metadata metadata
	values   map[string]interface{}
	schema   []byte
	// By path within the chart.
	templates map[string]string
	files     files
}

type files map[string][]byte

// Get is what templates call.
func (f files) Get(name string) string { return string(f[name]) }

func loadChart(directory string) (*chart, error) {
	c := &chart{values: map[string]interface{}{}, templates: map[string]string{}, files: files{}}
	err := filepath.Walk(directory, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		name, err := filepath.Rel(directory, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return c.add(filepath.ToSlash(name), data)
	})
	if err != nil {
		return nil, err
	}
	if c.metadata.Name == "" || c.metadata.Version == "" {
		return nil, fmt.Errorf("%s has no Chart.yaml with a name and a version", directory)
	}
	if _, err := semver.NewVersion(c.metadata.Version); err != nil {
		return nil, fmt.Errorf("Chart.yaml: version %s: %w", c.metadata.Version, err)
	}
	return c, nil
}

func (c *chart) add(name string, data []byte) error {
	switch {
	case name == "Chart.yaml":
		return inFile(name, yaml.UnmarshalStrict(data, &c.metadata))
	case name == "values.yaml":
		return inFile(name, yaml.UnmarshalStrict(data, &c.values))
	case name == "values.schema.json":
		c.schema = data
	case strings.HasPrefix(name, "templates/"):
		c.templates[name] = string(data)
	default:
		c.files[name] = data
	}
	return nil
}

func (c *chart) accepts(kubeVersion string) error {
	if c.metadata.KubeVersion == "" {
		return nil
	}
	constraint, err := semver.NewConstraint(c.metadata.KubeVersion)
	if err != nil {
		return fmt.Errorf("Chart.yaml: kubeVersion %s: %w", c.metadata.KubeVersion, err)
	}
	version, err := semver.NewVersion(kubeVersion)
	if err != nil {
		return err
	}
	if !constraint.Check(version) {
		return fmt.Errorf("the chart needs Kubernetes %s, not %s", c.metadata.KubeVersion, kubeVersion)
	}
	return nil
}

func (c *chart) validate(values map[string]interface{}) error {
	if c.schema == nil {
		return nil
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(c.schema), gojsonschema.NewGoLoader(values))
	if err != nil {
		return fmt.Errorf("values.schema.json: %w", err)
	}
	if result.Valid() {
		return nil
	}
	var lines []string
	for _, found := range result.Errors() {
		lines = append(lines, "- "+found.String())
	}
	sort.Strings(lines)
	return fmt.Errorf("values don't meet the specifications of the schema:\n%s", strings.Join(lines, "\n"))
}

func inFile(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}
