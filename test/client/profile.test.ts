import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profileOf, type Environment } from '../../client/profile.ts';
import { newAuthority } from '../world/certificates.ts';

const authority = newAuthority();
const { cert, key } = authority.issue('client');
const FILES = {
  ca: authority.cert,
  cert,
  key,
  foreign: newAuthority('another authority').issue('client').cert,
  damaged: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  damagedKey: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n',
  'profile.toml': '[profile.default.tls]\nserver_ca_cert_data = "no PEM"\n',
};

describe("Temporal's settings", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-saga-'));
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  });
  after(() => rm(folder, { recursive: true }));
  const file = (name: keyof typeof FILES): string => join(folder, name);

  it('are refused by the name of the variable or the field that holds the mistake', () => {
    const CA = 'TEMPORAL_TLS_SERVER_CA_CERT';
    const [CERT, KEY] = ['TEMPORAL_TLS_CLIENT_CERT', 'TEMPORAL_TLS_CLIENT_KEY'];
    const own = { [`${CERT}_PATH`]: file('cert'), [`${KEY}_PATH`]: file('key') };
    const cases: [env: Environment, message: RegExp][] = [
      [{ [`${CA}_PATH`]: '/no/such/file' }, /^TEMPORAL_TLS_SERVER_CA_CERT_PATH: .*\/no\/such\/file/],
      [{ [`${CA}_PATH`]: file('damaged') }, /^TEMPORAL_TLS_SERVER_CA_CERT_PATH: expected a certificate that/],
      [{ [`${CA}_DATA`]: FILES.damaged }, /^TEMPORAL_TLS_SERVER_CA_CERT_DATA: expected a certificate that/],
      [
        { ...own, [`${CERT}_PATH`]: file('damaged') },
        /^TEMPORAL_TLS_CLIENT_CERT_PATH: expected a certificate/,
      ],
      [{ ...own, [`${KEY}_PATH`]: file('damagedKey') }, /^TEMPORAL_TLS_CLIENT_KEY_PATH: expected a key that/],
      [
        { ...own, [`${CERT}_PATH`]: file('foreign') },
        /^TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH: expected a certificate and its key/,
      ],
      [{ [`${CERT}_DATA`]: cert }, /^TEMPORAL_TLS_CLIENT_CERT_DATA: expected a certificate and its key/],
      [{ [`${KEY}_PATH`]: file('key') }, /^TEMPORAL_TLS_CLIENT_KEY_PATH: expected a certificate and its key/],
      [
        { TEMPORAL_CONFIG_FILE: file('profile.toml') },
        /^server_ca_cert_… in the profile file: expected a certificate that/,
      ],
    ];
    for (const [env, message] of cases)
      assert.throws(
        () => profileOf(env),
        (error: Error) => {
          assert.equal(error.name, 'InvalidRequestError');
          assert.match(error.message, message);
          return true;
        },
      );
    const { tls } = profileOf({ ...own, [`${CA}_PATH`]: file('ca') }).connection;
    assert.equal(typeof tls, 'object');
  });
});
