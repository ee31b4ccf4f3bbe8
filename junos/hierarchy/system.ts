import { container, each, flag, list, value, values } from '../schema.ts';

const keys = each(['ssh-rsa', 'ssh-dsa', 'ssh-ecdsa', 'ssh-ed25519'], list());
const authentication = container({ 'encrypted-password': value(), ...keys });

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
      value(),
    ),
    ...each(['ciphers', 'macs', 'key-exchange', 'hostkey-algorithm'], values()),
    ...each(['client-alive-interval', 'client-alive-count-max'], value()),
  },
  { presence: true },
);

const logged = {
  ...each(
    ['any', 'authorization', 'daemon', 'firewall', 'interactive-commands', 'change-log', 'kernel', 'user'],
    value(),
  ),
};

export const system = container({
  ...each(
    ['host-name', 'domain-name', 'time-zone', 'max-configurations-on-flash', 'max-configuration-rollbacks'],
    value(),
  ),
  'domain-search': values({ ordered: true }),
  'authentication-order': values({ ordered: true }),
  'root-authentication': authentication,
  'name-server': list({ 'routing-instance': value() }, { grouped: true }),
  login: container({
    ...each(['message', 'announcement', 'idle-timeout'], value()),
    class: list({
      permissions: values(),
      ...each(['idle-timeout', 'allow-commands', 'deny-commands'], value()),
    }),
    user: list({ ...each(['uid', 'class', 'full-name'], value()), authentication }),
  }),
  services: container({
    ssh,
    netconf: container({
      ssh: container(
        { port: value(), 'connection-limit': value(), 'rate-limit': value() },
        { presence: true },
      ),
      ...each(['rfc-compliant', 'yang-compliant', 'notification'], flag()),
    }),
    ...each(['telnet', 'ftp', 'finger'], container({ 'connection-limit': value() }, { presence: true })),
  }),
  syslog: container({
    ...each(['user', 'host', 'file'], list(logged)),
  }),
  ntp: container({
    server: list({ ...each(['key', 'version'], value()), prefer: flag() }),
    'boot-server': value(),
  }),
  commit: container({
    ...each(['synchronize', 'fast-synchronize'], flag()),
    'persist-groups-inheritance': flag(),
  }),
});
