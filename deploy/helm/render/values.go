package main

import (
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/yaml"
)

// The chart's values under those of files, under those set one by one: the last wins.
func (c *chart) mergeValues(names, sets []string) (map[string]interface{}, error) {
	user := map[string]interface{}{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		values := map[string]interface{}{}
		if err := yaml.UnmarshalStrict(data, &values); err != nil {
			return nil, inFile(name, err)
		}
		merge(user, values)
	}
	for _, set := range sets {
		if err := assign(user, set); err != nil {
			return nil, err
		}
	}
	return coalesce(user, c.values), nil
}

// Maps are merged, anything else is replaced.
func merge(into, from map[string]interface{}) {
	for key, value := range from {
		inner, isMap := value.(map[string]interface{})
		before, wasMap := into[key].(map[string]interface{})
		if isMap && wasMap {
			merge(before, inner)
			continue
		}
		into[key] = value
	}
}

// What the user says, and the chart's own where the user says nothing. Null takes the chart's away.
func coalesce(user, chart map[string]interface{}) map[string]interface{} {
	result := map[string]interface{}{}
	for key, value := range chart {
		if _, said := user[key]; !said {
			result[key] = value
		}
	}
	for key, value := range user {
		inner, isMap := value.(map[string]interface{})
		own, wasMap := chart[key].(map[string]interface{})
		switch {
		case isMap && wasMap:
			result[key] = coalesce(inner, own)
		case value != nil:
			result[key] = value
		}
	}
	return result
}

func assign(values map[string]interface{}, set string) error {
	path, text, found := strings.Cut(set, "=")
	if !found || path == "" {
		return fmt.Errorf("--set %s: must be PATH=VALUE", set)
	}
	var value interface{}
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return fmt.Errorf("--set %s: %w", set, err)
	}
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		inner, isMap := values[key].(map[string]interface{})
		if !isMap {
			inner = map[string]interface{}{}
			values[key] = inner
		}
		values = inner
	}
	values[keys[len(keys)-1]] = value
	return nil
}
