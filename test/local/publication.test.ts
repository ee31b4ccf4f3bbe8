import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { KNOWN_HOSTS, ROOT, SHELL_FILE, STACK_FILE } from '../../local/folders.ts';
import { publishShell, type StackDescription } from '../../local/publication.ts';
import { SAMPLE_PAIRS } from '../../local/samples.ts';
import { type Stack, startStack } from '../../local/stack.ts';

describe('a published stack', function () {
  this.timeout(60_000);
  let stack: Stack;
  /** What is published now; `undefined`: nothing. */
  const files = () =>
    Promise.all(
      [STACK_FILE, `${ROOT}${KNOWN_HOSTS}`, SHELL_FILE].map((path) =>
        readFile(path, 'utf8').catch(() => undefined),
      ),
    );
  /** What was published before: nothing, or what a stack has published that a person runs in this checkout. */
  let earlier: readonly (string | undefined)[];
  beforeEach(async () => {
    earlier = await files();
    stack = await startStack({ pairs: SAMPLE_PAIRS });
    await stack.publish();
  });
  afterEach(() => stack.stop());

  const published = async (): Promise<StackDescription> =>
    JSON.parse(await readFile(STACK_FILE, 'utf8')) as StackDescription;

  it('describes where everything is, and nothing else', async () => {
    const { address, ui } = stack.temporal;
    assert.deepEqual(await published(), {
      etcd: { endpoints: stack.etcd.endpoints },
      temporal: { address, namespace: 'default', ui },
      routers: SAMPLE_PAIRS.flat().map(({ id }, index) => ({
        id,
        host: '127.0.0.1',
        port: stack.routers[index]?.port,
        username: 'esi',
        password: 'esiesi0000',
      })),
      knownHosts: '.local/known_hosts',
    });
  });

  it('lists routers that answer', async () => {
    for (const { host, port } of (await published()).routers) {
      assert.match(await banner(host, port), /^SSH-2\.0-/);
    }
  });

  it("lists the routers' host keys under the addresses at which they are reached", async () => {
    const { routers, knownHosts } = await published();
    const lines = (await readFile(`${ROOT}${knownHosts}`, 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, routers.length);
    for (const [index, { port }] of routers.entries()) {
      assert.match(lines[index] ?? '', new RegExp(String.raw`^\[127\.0\.0\.1\]:${port} ssh-ed25519 \S+$`));
    }
  });

  it('is readable by its owner only, as it holds passwords', async () => {
    for (const path of [STACK_FILE, `${ROOT}${KNOWN_HOSTS}`, stack.knownHosts]) {
      assert.equal((await stat(path)).mode & 0o777, 0o600, path);
    }
  });

  it('is removed when the stack ends', async () => {
    await stack.stop();
    assert.deepEqual(await files(), earlier);
  });

  it('stays when an earlier stack ends', async () => {
    const later = await startStack();
    await later.publish();
    await stack.stop();
    assert.deepEqual((await published()).etcd.endpoints, later.etcd.endpoints);
    await later.stop();
    assert.deepEqual(await files(), earlier);
  });

  it('is there again when a later stack ends', async () => {
    await publishShell(stack.run.folder, stack.environment, 'temporal');
    const before = await files();
    const later = await startStack();
    await later.publish();
    await publishShell(later.run.folder, later.environment, 'temporal');
    for (const [index, text] of (await files()).entries()) assert.notEqual(text, before[index]);
    await later.stop();
    assert.deepEqual(await files(), before);
    await stack.stop();
    assert.deepEqual(await files(), earlier);
  });

  it('gives variables that lead commands to itself, whatever a person has set', () => {
    const { environment } = stack;
    assert.equal(environment['ETCDCTL_ENDPOINTS'], stack.etcd.endpoints[0]);
    assert.equal(environment['TEMPORAL_ADDRESS'], stack.temporal.address);
    const steering = Object.keys(process.env).filter((name) =>
      /^(ETCDCTL|TEMPORAL|GATEWAY_SAGA)_/.test(name),
    );
    assert.deepEqual(
      steering.filter((name) => !(name in environment)),
      [],
    );
  });
});

function banner(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port });
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.once('error', reject);
  });
}
