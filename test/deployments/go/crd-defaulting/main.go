// Applies CRDs to objects as the API server does: adds defaults, and names the fields that it would drop. It reads
// {"crds": [...], "objects": [...]} from standard input, and writes [{"object": ..., "unknown": [...]}] for each object.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
)

type input struct {
	Crds    []v1.CustomResourceDefinition `json:"crds"`
	Objects []map[string]any              `json:"objects"`
}

type output struct {
	Object  map[string]any `json:"object"`
	Unknown []string       `json:"unknown"`
}

func structural(crds []v1.CustomResourceDefinition, apiVersion, kind string) (*schema.Structural, error) {
	for _, crd := range crds {
		for _, version := range crd.Spec.Versions {
			if crd.Spec.Names.Kind != kind || crd.Spec.Group+"/"+version.Name != apiVersion {
				continue
			}
			internal := apiextensions.JSONSchemaProps{}
			err := v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &internal, nil)
			if err != nil {
				return nil, err
			}
			return schema.NewStructural(&internal)
		}
	}
	return nil, nil
}

func run() error {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		return err
	}
	results := []output{}
	for _, object := range in.Objects {
		s, err := structural(in.Crds, fmt.Sprint(object["apiVersion"]), fmt.Sprint(object["kind"]))
		if err != nil {
			return err
		}
		if s == nil {
			return fmt.Errorf("no CRD for %v %v", object["apiVersion"], object["kind"])
		}
		options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
		unknown := pruning.PruneWithOptions(object, s, true, options)
		defaulting.PruneNonNullableNullsWithoutDefaults(object, s)
		defaulting.Default(object, s)
		results = append(results, output{object, append([]string{}, unknown...)})
	}
	return json.NewEncoder(os.Stdout).Encode(results)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
