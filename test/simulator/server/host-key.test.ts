import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHostKey, keptHostKey, knownHostsLine } from '../../../simulator/server/host-key.ts';

describe('a host key', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'router-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is new each time, or comes from a file, which is made if it does not exist', () => {
    const file = join(folder, 'key');
    const made = keptHostKey(file);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(keptHostKey(file), made);
    assert.notEqual(createHostKey().fingerprint, made.fingerprint);
  });

  it('is one and the same for all processes that make it at the same time', async function () {
    this.timeout(60_000);
    const files = Array.from({ length: 20 }, (_, number) => join(folder, `key-${number}`));
    const source = new URL('../../../simulator/server/host-key.ts', import.meta.url).href;
    const program = `
      import { once } from 'node:events';
      const { keptHostKey } = await import(${JSON.stringify(source)});
      process.stdout.write('ready');
      await once(process.stdin, 'data');
      const keys = ${JSON.stringify(files)}.map((file) => keptHostKey(file).fingerprint);
      process.stdout.end(JSON.stringify(keys));
      process.stdin.destroy();`;
    const makers = Array.from({ length: 3 }, () =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    await Promise.all(makers.map(({ stdout }) => once(stdout, 'data')));
    const made = makers.map(async ({ stdin, stdout }) => {
      stdin.end('go');
      return String(Buffer.concat((await stdout.toArray()) as Buffer[]));
    });
    const [first, ...others] = await Promise.all(made);
    assert.match(first ?? '', /^\["SHA256:/);
    assert.deepEqual(others, [first, first]);
    assert.equal(readdirSync(folder).length, files.length);
  });

  it('has a known_hosts line without the port 22, and with the local address for all addresses', () => {
    const key = createHostKey();
    assert.equal(knownHostsLine('192.0.2.1', 22, key), `192.0.2.1 ${key.publicKey}`);
    assert.equal(knownHostsLine('0.0.0.0', 8301, key), `[127.0.0.1]:8301 ${key.publicKey}`);
    assert.equal(knownHostsLine('::', 8301, key), `[::1]:8301 ${key.publicKey}`);
  });

  it('is refused when the file contains something else, which the error does not show', () => {
    const file = join(folder, 'key');
    writeFileSync(file, 'topsecret');
    assert.throws(
      () => keptHostKey(file),
      (error: Error) => error.name === 'HostKeyError' && !error.message.includes('topsecret'),
    );
  });

  it('can be read, each of hundreds of times', () => {
    for (let made = 0; made < 600; made += 1) assert.match(createHostKey().publicKey, /^ssh-ed25519 A{4}/);
  });
});
