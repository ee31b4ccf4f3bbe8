import { container, each, emptyLeaf, leaf, leafList, list } from '../schema.ts';

const keys = each(['ssh-rsa', 'ssh-dsa', 'ssh-ecdsa', 'ssh-ed25519'], list());
const authentication = container({ 'encrypted-password': leaf(), ...keys });

const ssh = container(
  {
    ...each(
      [
        'root-login',
        'protocol-version',
        'port',
        'connection-limit',
        'rate-limit',
        'max-sessions-per-connection',
      ],
      leaf(),
    ),
    ...each(['ciphers', 'macs', 'key-exchange', 'hostkey-algorithm'], leafList()),
    ...each(['client-alive-interval', 'client-alive-count-max'], leaf()),
  },
  { presence: true },
);

const logged = {
  ...each(
    ['any', 'authorization', 'daemon', 'firewall', 'interactive-commands', 'change-log', 'kernel', 'user'],
    leaf(),
  ),
};

export const system = container({
  ...each(
    ['host-name', 'domain-name', 'time-zone', 'max-configurations-on-flash', 'max-configuration-rollbacks'],
    leaf(),
  ),
  'domain-search': leafList({ ordered: true }),
  'authentication-order': leafList({ ordered: true }),
  'root-authentication': authentication,
  'name-server': list({ 'routing-instance': leaf() }, { grouped: true }),
  login: container({
    ...each(['message', 'announcement', 'idle-timeout'], leaf()),
    class: list({
      permissions: leafList(),
      ...each(['idle-timeout', 'allow-commands', 'deny-commands'], leaf()),
    }),
    user: list({ ...each(['uid', 'class', 'full-name'], leaf()), authentication }),
  }),
  services: container({
    ssh,
    netconf: container({
      ssh: container({ port: leaf(), 'connection-limit': leaf(), 'rate-limit': leaf() }, { presence: true }),
      ...each(['rfc-compliant', 'yang-compliant', 'notification'], emptyLeaf()),
    }),
    ...each(['telnet', 'ftp', 'finger'], container({ 'connection-limit': leaf() }, { presence: true })),
  }),
  syslog: container({
    ...each(['user', 'host', 'file'], list(logged)),
  }),
  ntp: container({
    server: list({ ...each(['key', 'version'], leaf()), prefer: emptyLeaf() }),
    'boot-server': leaf(),
  }),
  commit: container({
    ...each(['synchronize', 'fast-synchronize'], emptyLeaf()),
    'persist-groups-inheritance': emptyLeaf(),
  }),
});
