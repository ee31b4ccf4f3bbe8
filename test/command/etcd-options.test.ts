import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { etcdOptions } from '../../command/etcd-options.ts';
import { UsageError } from '../../command/usage.ts';
import { newAuthority } from '../world/certificates.ts';

const authority = newAuthority();
const { cert: ca } = authority;
const { cert, key } = authority.issue('client');
const FILES = {
  ca,
  cert,
  key,
  encrypted: '-----BEGIN ENCRYPTED PRIVATE KEY-----\ncanary\n-----END ENCRYPTED PRIVATE KEY-----\n',
  password: 'a:b\n',
  empty: '\n',
  damagedCertificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  damagedKey: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n',
  certificateAndEncryptedKey: `${cert}\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nAA==\n-----END ENCRYPTED PRIVATE KEY-----\n`,
};

describe("etcd's options, by etcdctl's variables", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  });
  after(() => rm(folder, { recursive: true }));
  const file = (name: string) => join(folder, name);

  it('are those of etcdctl without any', () => {
    assert.deepEqual(etcdOptions({}), { endpoints: ['127.0.0.1:2379'] });
  });

  it('are several endpoints, separated by commas', () => {
    const { endpoints } = etcdOptions({ ETCDCTL_ENDPOINTS: 'https://a:2379, https://b:2379,' });
    assert.deepEqual(endpoints, ['https://a:2379', 'https://b:2379']);
  });

  it('are endpoints as etcdctl takes them, without a slash at the end', () => {
    const of = (given: string) => etcdOptions({ ETCDCTL_ENDPOINTS: given }).endpoints;
    assert.deepEqual(of('http://etcd1:2379/,etcd_2.example.net:2379/'), [
      'http://etcd1:2379',
      'etcd_2.example.net:2379',
    ]);
    assert.deepEqual(of('HTTPS://[::1]:2379'), ['https://[::1]:2379']);
    assert.deepEqual(of('[fe80::1%eth0]:2379'), ['[fe80::1%eth0]:2379']);
  });

  it('are the prefix of published kinds, if it is one under which nothing else stands', () => {
    const of = (GATEWAY_SAGA_TEMPLATE_PREFIX: string) =>
      etcdOptions({ GATEWAY_SAGA_TEMPLATE_PREFIX }).templatePrefix;
    for (const good of ['/gateway-saga/templates/', '/config/v2.0/heat_templates/', '/a/b-1.0/'])
      assert.equal(of(good), good);
    assert.equal(of(''), undefined);
    for (const bad of [
      '/a',
      'a/',
      '/',
      '//',
      '/a b/',
      '/config/v2.0/',
      '/gateway-saga/routers/',
      '/state/v2.0/',
    ])
      assert.throws(() => of(bad), {
        name: 'UsageError',
        message: `GATEWAY_SAGA_TEMPLATE_PREFIX: expected /config/v2.0/heat_templates/, /gateway-saga/templates/ or a prefix of your own like /network/templates/, got "${bad}"`,
      });
  });

  it('are the contents of the certificate files', () => {
    const { tls } = etcdOptions({
      ETCDCTL_CACERT: file('ca'),
      ETCDCTL_CERT: file('cert'),
      ETCDCTL_KEY: file('key'),
    });
    assert.deepEqual(tls, { ca, cert, key });
    assert.deepEqual(etcdOptions({ ETCDCTL_CACERT: file('ca') }).tls, { ca });
  });

  it('are a user and a password, which may hold colons', () => {
    assert.deepEqual(etcdOptions({ ETCDCTL_USER: 'root:a:b' }).auth, { username: 'root', password: 'a:b' });
    assert.deepEqual(etcdOptions({ ETCDCTL_USER: 'root', ETCDCTL_PASSWORD: 'a:b' }).auth, {
      username: 'root',
      password: 'a:b',
    });
  });

  it('are no login if neither a user nor a password is given', () => {
    const env = { ETCDCTL_USER: '', ETCDCTL_PASSWORD: '', GATEWAY_SAGA_ETCD_PASSWORD_FILE: '' };
    assert.equal(etcdOptions(env).auth, undefined);
  });

  it('are a user and a password in a file, whose line may end', () => {
    const env = { ETCDCTL_USER: 'root', GATEWAY_SAGA_ETCD_PASSWORD_FILE: file('password') };
    assert.deepEqual(etcdOptions(env).auth, { username: 'root', password: 'a:b' });
  });

  const bad: [env: Record<string, string>, message: RegExp][] = [
    [{ ETCDCTL_ENDPOINTS: ' , ' }, /^ETCDCTL_ENDPOINTS: expected host:port/],
    ...[
      '"http://a:2379"',
      "'a:2379'",
      'http://a:2379/v3',
      'http://a:2379//',
      'http://a:2379?x=1',
      'ftp://a:2379',
      'unix:///run/etcd.sock',
      'http://',
      'a:2379 b:2379',
      'a:0',
      'a:65536',
    ].map((given): [Record<string, string>, RegExp] => [
      { ETCDCTL_ENDPOINTS: `b:2379,${given}` },
      /^ETCDCTL_ENDPOINTS: expected host:port, http:\/\/host:port or https:\/\/host:port, got "/,
    ]),
    [
      { ETCDCTL_ENDPOINTS: 'https://root:canary@a:2379' },
      /^ETCDCTL_ENDPOINTS: expected .*, got one with a login, which belongs into ETCDCTL_USER$/,
    ],
    [
      { ETCDCTL_CACERT: '/no/such/file' },
      /^ETCDCTL_CACERT: expected a readable PEM file, got \/no\/such\/file/,
    ],
    [
      { ETCDCTL_USER: 'root', GATEWAY_SAGA_ETCD_PASSWORD_FILE: '/no/such/file' },
      /^GATEWAY_SAGA_ETCD_PASSWORD_FILE: expected a readable file, got \/no\/such\/file/,
    ],
    [
      { GATEWAY_SAGA_ETCD_PASSWORD_FILE: '/no/such/file' },
      /^GATEWAY_SAGA_ETCD_PASSWORD_FILE: expected ETCDCTL_USER beside it, got no user$/,
    ],
    [
      { ETCDCTL_USER: '', ETCDCTL_PASSWORD: 'canary-1' },
      /^ETCDCTL_PASSWORD: expected ETCDCTL_USER beside it, got no user$/,
    ],
    [{ ETCDCTL_USER: 'root' }, /^ETCDCTL_USER: expected user:password.*, got no password/],
    [{ ETCDCTL_USER: ':canary-1' }, /^ETCDCTL_USER: expected user:password.*, got no user/],
  ];
  for (const [env, message] of bad)
    it(`are refused for ${JSON.stringify(env)}, naming the variable and no secret`, () => {
      assert.throws(
        () => etcdOptions(env),
        (error) =>
          error instanceof UsageError && message.test(error.message) && !inspect(error).includes('canary'),
      );
    });

  it('are refused with a certificate without its key', () => {
    assert.throws(
      () => etcdOptions({ ETCDCTL_CERT: file('cert') }),
      /^UsageError: ETCDCTL_KEY: expected a file/,
    );
    assert.throws(
      () => etcdOptions({ ETCDCTL_KEY: file('key') }),
      /^UsageError: ETCDCTL_CERT: expected a file/,
    );
  });

  it('are a certificate from a file that also holds an encrypted key', () => {
    const env = { ETCDCTL_CERT: file('certificateAndEncryptedKey'), ETCDCTL_KEY: file('key') };
    assert.equal(etcdOptions(env).tls?.key, key);
  });

  it('are refused with an empty password file, naming its variable', () => {
    const env = { ETCDCTL_USER: 'root', GATEWAY_SAGA_ETCD_PASSWORD_FILE: file('empty') };
    assert.throws(
      () => etcdOptions(env),
      /^UsageError: GATEWAY_SAGA_ETCD_PASSWORD_FILE: expected a password in \S+empty, got none$/,
    );
  });

  it('are refused with endpoints that contradict each other or the TLS files', () => {
    const mixed = { ETCDCTL_ENDPOINTS: 'https://a:2379,http://b:2379' };
    assert.throws(() => etcdOptions(mixed), /^UsageError: ETCDCTL_ENDPOINTS: expected .*https.*, got both$/);
    const plain = { ETCDCTL_ENDPOINTS: 'http://a:2379', ETCDCTL_CACERT: file('ca') };
    assert.throws(() => etcdOptions(plain), /^UsageError: ETCDCTL_ENDPOINTS: expected https.*, got http:/);
  });

  it('are refused with files that hold something else', () => {
    const swapped = { ETCDCTL_CERT: file('key'), ETCDCTL_KEY: file('cert') };
    assert.throws(
      () => etcdOptions(swapped),
      /^UsageError: ETCDCTL_CERT: expected a PEM file with a CERTIFICATE/,
    );
    const foreign = { ETCDCTL_CERT: file('ca'), ETCDCTL_KEY: file('key') };
    assert.throws(
      () => etcdOptions(foreign),
      /^UsageError: ETCDCTL_CERT, ETCDCTL_KEY: expected a certificate and its key, got key values mismatch/,
    );
    const damaged: [name: string, env: Record<string, string>][] = [
      ['ETCDCTL_CACERT', { ETCDCTL_CACERT: file('damagedCertificate') }],
      ['ETCDCTL_CERT', { ETCDCTL_CERT: file('damagedCertificate'), ETCDCTL_KEY: file('key') }],
      ['ETCDCTL_KEY', { ETCDCTL_CERT: file('cert'), ETCDCTL_KEY: file('damagedKey') }],
    ];
    for (const [name, env] of damaged)
      assert.throws(
        () => etcdOptions({ ETCDCTL_CACERT: file('ca'), ...env }),
        new RegExp(
          `^UsageError: ${name}: expected a (certificate|key) that TLS can use, got .* in ${env[name]}$`,
        ),
      );
    const encrypted = { ETCDCTL_CERT: file('cert'), ETCDCTL_KEY: file('encrypted') };
    assert.throws(
      () => etcdOptions(encrypted),
      (error: Error) =>
        error.message.startsWith('ETCDCTL_KEY: expected a key without a passphrase') &&
        !inspect(error).includes('canary'),
    );
  });
});
