/** Where etcd and Temporal are found, for the help of every command that needs them. */
export const ETCD_HELP = `etcd is found as etcdctl finds it: --etcd or ETCDCTL_ENDPOINTS (127.0.0.1:2379), ETCDCTL_CACERT, ETCDCTL_CERT,
ETCDCTL_KEY, ETCDCTL_USER (user:password), ETCDCTL_PASSWORD; or the password in GATEWAY_SAGA_ETCD_PASSWORD_FILE.
GATEWAY_SAGA_TEMPLATE_PREFIX says where kinds are published (/config/v2.0/heat_templates/).
`;

export const TEMPORAL_HELP = `Temporal is found as its CLI finds it: --temporal-address or TEMPORAL_ADDRESS (localhost:7233), --temporal-namespace
or TEMPORAL_NAMESPACE (default), TEMPORAL_API_KEY, TEMPORAL_TLS_…, TEMPORAL_PROFILE and the profile file.
`;
