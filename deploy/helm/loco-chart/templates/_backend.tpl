{{- define "loco.backendDeployment" -}}
{{- $root := .root -}}
{{- $backend := $root.Values.backend -}}
{{- $mode := include "loco.mode" (dict "root" $root "mode" .mode) -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "loco.labels" (dict "root" $root "component" "backend") | nindent 4 }}
    track: {{ .track }}
spec:
  replicas: {{ .replicas }}
  # A new one is ready before an old one goes.
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  selector:
    matchLabels:
      {{- include "loco.selector" (dict "root" $root "component" "backend") | nindent 6 }}
      track: {{ .track }}
  template:
    metadata:
      labels:
        {{- include "loco.podLabels" (dict "root" $root "component" "backend") | nindent 8 }}
        track: {{ .track }}
        {{- with $backend.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        # A change of the configuration is a new pod.
        checksum/config: {{ include "loco.nodeConfig" (dict "root" $root "mode" $mode) | sha256sum }}
        {{- with $backend.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "loco.serviceAccount" $root }}
      # Who asks Kubernetes nothing gets no token for it.
      automountServiceAccountToken: {{ hasPrefix "kubernetes-" $mode }}
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ $backend.terminationGracePeriodSeconds }}
      securityContext:
        {{- toYaml $root.Values.podSecurityContext | nindent 8 }}
      {{- with $root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: node
          image: {{ include "loco.image" (dict "root" $root "image" $backend.image) | quote }}
          imagePullPolicy: {{ $backend.image.pullPolicy }}
          args:
            - serve
            - --urls
            - {{ printf "http://%s:%d" $backend.listenAddress (int $backend.port) }}
            - --data
            - /var/lib/rollcall
            - --durability
            - {{ $backend.durability }}
            - --config
            - /etc/rollcall/node.yaml
            # The node has no users of its own. Who may reach it is the NetworkPolicy's to say.
            - --allow-anyone
          env:
            - name: DISCOVERY_MODE
              value: {{ $mode }}
            - name: EMULATOR_SERVICE_NAME
              value: {{ include "loco.shown" $root }}
            - name: POD_NAMESPACE
              valueFrom:
                fieldRef:
                  fieldPath: metadata.namespace
            - name: HEALTH_CHECK_INTERVAL
              value: {{ int $backend.serviceDiscovery.healthCheckInterval | quote }}
            {{- if $backend.topology.readNode }}
            - name: NODE_NAME
              valueFrom:
                fieldRef:
                  fieldPath: spec.nodeName
            {{- end }}
            # Diagnostic sockets in /tmp are of no use to anybody here.
            - name: DOTNET_EnableDiagnostics
              value: "0"
            {{- with $backend.env }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            - name: http
              containerPort: {{ $backend.port }}
              protocol: TCP
          startupProbe:
            httpGet: { path: /healthz, port: http }
            periodSeconds: 1
            timeoutSeconds: 1
            failureThreshold: 60
          readinessProbe:
            httpGet: { path: /readyz, port: http }
            periodSeconds: 5
            timeoutSeconds: 2
            failureThreshold: 2
          livenessProbe:
            httpGet: { path: /healthz, port: http }
            periodSeconds: 10
            timeoutSeconds: 3
            failureThreshold: 3
          resources:
            {{- toYaml $backend.resources | nindent 12 }}
          securityContext:
            {{- include "loco.containerSecurity" $root | nindent 12 }}
          volumeMounts:
            - name: config
              mountPath: /etc/rollcall
              readOnly: true
            - name: metadata
              mountPath: /etc/loco
              readOnly: true
            - name: data
              mountPath: /var/lib/rollcall
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: config
          configMap:
            name: {{ include "loco.backend" $root }}-{{ .track }}
        - name: metadata
          configMap:
            name: {{ include "loco.fullname" $root }}-metadata
        - name: data
          emptyDir:
            sizeLimit: 512Mi
        - name: tmp
          emptyDir:
            medium: Memory
            sizeLimit: 16Mi
      {{- include "loco.placement" $backend | nindent 6 }}
{{- end -}}
