import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { GatewayClient, InvalidRequestError, TemporalUnavailableError } from '../../client/index.ts';
import { ROOT } from '../../local/folders.ts';
import { startWorker } from '../../local/worker-process.ts';
import { newAuthority } from '../world/certificates.ts';
import { openTlsFront } from '../world/tls-front.ts';
import type { TlsFront } from '../world/tls-front.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

type Environment = Record<string, string | undefined>;

describe('Temporal over mutual TLS', function () {
  this.timeout(90_000);
  let site: Site;
  let front: TlsFront;
  /** Settings as the Temporal CLI takes them. */
  let trusted: Environment;
  let wrongAuthority: Environment;
  let noCertificate: Environment;
  let foreignCertificate: Environment;
  let wrongName: Environment;

  before(async () => {
    const authority = newAuthority();
    const { cert, key } = authority.issue('temporal');
    site = await openSite(1);
    front = await openTlsFront(site.stack.temporal.address, { ca: authority.cert, cert, key });
    const file = (name: string, text: string) => site.stack.run.write(name, text);
    const paths = async (name: string, client = authority.issue(name)) => ({
      TEMPORAL_TLS_CLIENT_CERT_PATH: await file(`${name}.pem`, client.cert),
      TEMPORAL_TLS_CLIENT_KEY_PATH: await file(`${name}.key`, client.key),
    });
    const other = newAuthority('another authority');
    const there = { ...site.stack.environment, TEMPORAL_ADDRESS: front.address };
    noCertificate = { ...there, TEMPORAL_TLS_SERVER_CA_CERT_PATH: await file('ca.pem', authority.cert) };
    trusted = { ...noCertificate, ...(await paths('client')) };
    foreignCertificate = { ...noCertificate, ...(await paths('foreign', other.issue('foreign'))) };
    wrongAuthority = { ...trusted, TEMPORAL_TLS_SERVER_CA_CERT_PATH: await file('other.pem', other.cert) };
    wrongName = { ...trusted, TEMPORAL_TLS_SERVER_NAME: 'temporal.example.net' };
  });
  after(async () => {
    await front.close();
    await site.close();
  });

  it('serves worker, client and command by the variables of the Temporal CLI', async () => {
    await startWorker({ ...site.stack, environment: trusted });
    const gateway = await site.write('vpn_gateway', 0);
    const client = await GatewayClient.connect({ env: trusted });
    try {
      const outcome = await (await client.create(gateway)).result();
      assert.equal(outcome.kind, 'created', JSON.stringify(outcome));
    } finally {
      await client.close();
    }
    const { code, printed } = await command(['status', 'vpn_gateway', gateway.resourceId], trusted);
    assert.equal(code, 0, printed);
  });

  it('serves them by a profile file', async () => {
    const profile = [
      '[profile.default]',
      `address = "${front.address}"`,
      '[profile.default.tls]',
      `server_ca_cert_path = "${trusted.TEMPORAL_TLS_SERVER_CA_CERT_PATH}"`,
      `client_cert_path = "${trusted.TEMPORAL_TLS_CLIENT_CERT_PATH}"`,
      `client_key_path = "${trusted.TEMPORAL_TLS_CLIENT_KEY_PATH}"`,
    ];
    const file = await site.stack.run.write('profile.toml', profile.join('\n'));
    const client = await GatewayClient.connect({ env: { TEMPORAL_CONFIG_FILE: file } });
    await client.close();
  });

  const refusals: [what: string, env: () => Environment, told: RegExp][] = [
    ['an authority that is not trusted', () => wrongAuthority, /self-signed certificate in|unable to verify/],
    ['a missing client certificate', () => noCertificate, /a client certificate is missing/],
    [
      'a client certificate of another authority',
      () => foreignCertificate,
      /the client certificate is refused/,
    ],
    ['a name that does not fit', () => wrongName, /Host: temporal\.example\.net\. is not in the cert/],
  ];
  for (const [what, env, told] of refusals) {
    it(`tells a client of ${what}`, async () => {
      await assert.rejects(GatewayClient.connect({ env: env(), connectTimeoutMs: 500 }), (error) => {
        assert.ok(error instanceof TemporalUnavailableError);
        assert.match(error.message, told);
        assert.ok(!inspect(error, { depth: 8 }).includes('PRIVATE'));
        return true;
      });
    });

    it(`tells a worker of ${what}, which ends at once`, async () => {
      const { code, printed } = await command(['worker'], env());
      assert.equal(code, 1);
      assert.match(printed, told);
    });
  }

  it('wants a certificate and its key, not one of them', async () => {
    const half = { ...noCertificate, TEMPORAL_TLS_CLIENT_CERT_PATH: trusted.TEMPORAL_TLS_CLIENT_CERT_PATH };
    await assert.rejects(GatewayClient.connect({ env: half }), InvalidRequestError);
    const { code, printed } = await command(['worker'], half);
    assert.equal(code, 2);
    assert.match(
      printed,
      /TEMPORAL_TLS_CLIENT_CERT_PATH: expected a certificate and its key, got "only the certificate"/,
    );
  });

  it('wants the key of that certificate', async () => {
    const env = {
      ...trusted,
      TEMPORAL_TLS_CLIENT_CERT_PATH: foreignCertificate.TEMPORAL_TLS_CLIENT_CERT_PATH,
    };
    const { code, printed } = await command(['worker'], env);
    assert.equal(code, 2);
    assert.match(
      printed,
      /TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH: .*"key values mismatch"/,
    );
  });

  it('names a file that can not be read', async () => {
    const env = { ...noCertificate, TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/no/such/file' };
    const { code, printed } = await command(['worker'], env);
    assert.equal(code, 2);
    assert.match(printed, /TEMPORAL_TLS_SERVER_CA_CERT_PATH: .*\/no\/such\/file/);
  });

  it('shows nothing of a profile file that it can not read', async () => {
    const text = '[profile.default]\napi_key = "canary-api-key"\naddress = localhost\n';
    const env = { TEMPORAL_CONFIG_FILE: await site.stack.run.write('broken.toml', text) };
    await assert.rejects(GatewayClient.connect({ env }), (error) => {
      assert.ok(error instanceof InvalidRequestError);
      assert.match(error.message, /no TOML/);
      assert.ok(!inspect(error, { depth: 8 }).includes('canary'));
      return true;
    });
  });
});

/** A process of its own, as a worker brings the SDK's native runtime, of which there is one per process. */
async function command(args: readonly string[], env: Environment) {
  const program = `${ROOT}command/gateway-saga.mjs`;
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, printed };
}
