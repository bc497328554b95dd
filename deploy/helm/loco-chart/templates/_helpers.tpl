{{/* Short enough that "-backend-canary", a pod's ordinal and the controllers' hashes fit into the 63 characters of a label. */}}
{{- define "loco.fullname" -}}
{{- default (printf "%s-%s" .Release.Name .Values.nameOverride) .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "loco.emulator" -}}
{{- printf "%s-emulator" (include "loco.fullname" .) -}}
{{- end -}}

{{- define "loco.backend" -}}
{{- printf "%s-backend" (include "loco.fullname" .) -}}
{{- end -}}

{{- define "loco.viewer" -}}
{{- printf "%s-viewer" (include "loco.fullname" .) -}}
{{- end -}}

{{/* The service that is shown. */}}
{{- define "loco.shown" -}}
{{- default (include "loco.emulator" .) .Values.backend.serviceDiscovery.serviceName -}}
{{- end -}}

{{- define "loco.serviceAccount" -}}
{{- default (ternary (include "loco.backend" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{/* What selectors go by: never changes, because selectors of deployments and stateful sets cannot. */}}
{{- define "loco.selector" -}}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/part-of: lego-loco-cluster
{{- end -}}

{{/* Of pods: nothing that changes with the chart's version, or every upgrade would start every emulator anew. */}}
{{- define "loco.podLabels" -}}
{{ include "loco.selector" . }}
app.kubernetes.io/name: {{ .root.Values.nameOverride }}
{{- end -}}

{{- define "loco.labels" -}}
{{ include "loco.podLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "loco.image" -}}
{{- printf "%s:%s" .image.repository (default .root.Chart.AppVersion .image.tag) -}}
{{- end -}}

{{/* useEndpointSlices is the older way to say kubernetes-endpointslices. */}}
{{- define "loco.mode" -}}
{{- if and (eq .mode "kubernetes-endpoints") .root.Values.backend.serviceDiscovery.useEndpointSlices -}}
kubernetes-endpointslices
{{- else -}}
{{- .mode -}}
{{- end -}}
{{- end -}}

{{/* All modes in use, a space after each: the role must do for all of them. */}}
{{- define "loco.modes" -}}
{{- include "loco.mode" (dict "root" . "mode" .Values.backend.discoveryMode) }}
{{- if gt (int .Values.backend.canary.percent) 0 }} {{ include "loco.mode" (dict "root" . "mode" .Values.backend.canary.discoveryMode) }}{{ end -}}
{{- end -}}

{{/* True where any mode in use asks Kubernetes. */}}
{{- define "loco.asksKubernetes" -}}
{{- if contains "kubernetes-" (include "loco.modes" .) }}true{{ end -}}
{{- end -}}

{{/*
How many backends are the canary's: its share to the nearest one, but one at least, and one left to the others as long as it is not all of them. Two are needed to have a part.
*/}}
{{- define "loco.canaryReplicas" -}}
{{- $all := int .Values.backend.replicas -}}
{{- $percent := int .Values.backend.canary.percent -}}
{{- if and (gt $percent 0) (lt $percent 100) (lt $all 2) -}}
{{- fail (printf "backend.canary.percent is %d, and of %d backends that is no part. Set backend.replicas to 2 or more (10 make 10 %% exact), or percent to 0 or 100." $percent $all) -}}
{{- end -}}
{{- if eq $percent 0 -}}
0
{{- else if eq $percent 100 -}}
{{- $all -}}
{{- else -}}
{{- max 1 (min (sub $all 1) (div (add (mul $all $percent) 50) 100)) -}}
{{- end -}}
{{- end -}}

{{- define "loco.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Where pods may run. */}}
{{- define "loco.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
