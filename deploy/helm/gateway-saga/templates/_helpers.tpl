{{- define "gateway-saga.name" -}}
{{- printf "%s" .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "gateway-saga.selector" -}}
app.kubernetes.io/name: gateway-saga
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: worker
{{- end -}}

{{- define "gateway-saga.labels" -}}
{{ include "gateway-saga.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "gateway-saga.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (ternary (include "gateway-saga.name" .) "default" .Values.serviceAccount.create) }}
{{- end -}}

{{- /* The Secrets that are mounted as files: by the folder below /etc/gateway-saga, the Secret's name. */ -}}
{{- define "gateway-saga.secrets" -}}
{{- with .Values.routers.privateKeySecret }}
private-key: {{ . | quote }}
{{- end }}
{{- with .Values.codecKeysSecret }}
codec: {{ . | quote }}
{{- end }}
{{- with .Values.etcd.passwordSecret }}
etcd-password: {{ . | quote }}
{{- end }}
{{- with .Values.etcd.tls.secret }}
etcd-tls: {{ . | quote }}
{{- end }}
{{- with .Values.temporal.tls.secret }}
temporal-tls: {{ . | quote }}
{{- end }}
{{- end -}}
