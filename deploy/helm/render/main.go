// Render does for this repository's charts what "helm template" does, without helm and without a network: it checks the values against the chart's schema, renders
// every template with text/template and sprig, and prints the objects as one JSON array. Tests look at those.
//
// It is not helm. There are no subcharts, no hooks, no order of installation, and nothing is looked up in a cluster. What a chart may rely on is the same: values,
// --values and --set merged in helm's order, null removing a key, .Release, .Chart, .Capabilities, .Template and .Files, include, tpl, required, fail and the rest.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
)

type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}

type options struct {
	release     string
	namespace   string
	kubeVersion string
	strict      bool
	values      list
	sets        list
}

func main() {
	var o options
	flag.StringVar(&o.release, "release", "loco", "name of the release")
	flag.StringVar(&o.namespace, "namespace", "default", "namespace of the release")
	flag.StringVar(&o.kubeVersion, "kube-version", "1.32.0", "version of the cluster")
	flag.BoolVar(&o.strict, "strict", false, "a value that a template uses must be there")
	flag.Var(&o.values, "values", "file of values, merged over the chart's; the last wins")
	flag.Var(&o.sets, "set", "PATH=VALUE, merged over the files; the last wins. VALUE is YAML")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: render [FLAGS] CHART-DIRECTORY")
		flag.PrintDefaults()
		os.Exit(2)
	}
	if err := run(o, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(o options, directory string) error {
	chart, err := loadChart(directory)
	if err != nil {
		return err
	}
	if err := chart.accepts(o.kubeVersion); err != nil {
		return err
	}
	values, err := chart.mergeValues(o.values, o.sets)
	if err != nil {
		return err
	}
	if err := chart.validate(values); err != nil {
		return err
	}
	manifests, err := newEngine(chart, o).render(values)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	return encoder.Encode(manifests)
}
