{{/* Where a backend of a mode finds its instances. DISCOVERY_MODE says the same; the file says it to those who read it. */}}
{{- define "loco.target" -}}
{{- $place := printf "%s/%s" .root.Release.Namespace (include "loco.shown" .root) -}}
{{- if eq .mode "kubernetes-endpointslices" -}}
k8s:///{{ $place }}
{{- else if eq .mode "kubernetes-endpoints" -}}
k8s:///{{ $place }}?mode=endpoints
{{- else if eq .mode "kubernetes-pods" -}}
k8s:///{{ $place }}?mode=pods
{{- else -}}
file:///etc/loco/instances.yaml
{{- end -}}
{{- end -}}

{{/* The node's configuration; what backend.config adds wins. */}}
{{- define "loco.nodeConfig" -}}
{{- $import := dict "target" (include "loco.target" .) "fallback" "/etc/loco/instances.yaml" "metadata" "/etc/loco/metadata.yaml" -}}
{{- $ours := dict "imports" (dict (include "loco.shown" .root) $import) -}}
{{- if .root.Values.viewer.enabled -}}
{{- $_ := set $ours "dashboard" (dict "viewer" .root.Values.viewer.publicUrl) -}}
{{- end -}}
{{- toYaml (mergeOverwrite $ours (deepCopy .root.Values.backend.config)) -}}
{{- end -}}

{{/*
The emulators by the names that the headless service gives them: what a static backend shows, and any other one until Kubernetes has answered for the first time. Pod and ordinal as the
source for Kubernetes would say them.
*/}}
{{- define "loco.instances" -}}
{{- $name := include "loco.emulator" . -}}
{{- $instances := list -}}
{{- range $ordinal := until (int .Values.emulator.replicas) -}}
{{- $pod := printf "%s-%d" $name $ordinal -}}
{{- $ports := dict "vnc" $.Values.emulator.ports.vnc "health" $.Values.emulator.ports.health -}}
{{- $host := printf "%s.%s.%s.svc.%s" $pod $name $.Release.Namespace $.Values.clusterDomain -}}
{{- $instances = append $instances (dict "id" $pod "host" $host "ports" $ports "metadata" (dict "instance" (toString $ordinal) "pod" $pod)) -}}
{{- end -}}
{{- toYaml $instances -}}
{{- end -}}

{{/* What the values say of single instances, and for the other ordinals an icon and a place. */}}
{{- define "loco.metadata" -}}
{{- $entries := .Values.metadata.instances -}}
{{- $said := dict -}}
{{- range $entry := $entries -}}
{{- if hasKey $entry "ordinal" -}}
{{- $_ := set $said (toString $entry.ordinal) true -}}
{{- end -}}
{{- end -}}
{{- range $ordinal := until (int .Values.metadata.slots) -}}
{{- if not (hasKey $said (toString $ordinal)) -}}
{{- $entries = append $entries (dict "ordinal" $ordinal "icon" $.Values.metadata.icon "order" $ordinal) -}}
{{- end -}}
{{- end -}}
{{- toYaml (dict "template" .Values.metadata.template "instances" $entries) -}}
{{- end -}}
