import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { introduction, kindsLines } from '../../local/demo/introduction.ts';
import { SHELL_FILE } from '../../local/folders.ts';
import { publishShell, unpublish } from '../../local/publication.ts';
import { SAMPLE_PAIRS } from '../../local/samples.ts';
import type { Stack } from '../../local/stack.ts';

describe('the variables for other terminals', () => {
  let run: string;
  beforeEach(async () => {
    run = await mkdtemp(join(tmpdir(), 'gateway-saga-run-'));
  });
  afterEach(async () => {
    await unpublish(run, []);
    await rm(run, { recursive: true });
  });

  /** What a shell has after it has sourced the file. */
  const sourced = async (before: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> => {
    const print = `${JSON.stringify(process.execPath)} -e 'console.log(JSON.stringify(process.env))'`;
    const env = { PATH: '/usr/bin:/bin', ...before };
    const { stdout } = await promisify(execFile)('sh', ['-c', `. ${SHELL_FILE}; . ${SHELL_FILE}; ${print}`], {
      env,
    });
    return JSON.parse(stdout) as Record<string, string>;
  };

  it('are what a shell has that sources them, whatever is in them', async () => {
    const environment = {
      ETCDCTL_ENDPOINTS: '127.0.0.1:15000',
      TEMPORAL_CONFIG_FILE: '/a folder/it\'s $HOME `id` \\ "x"\n/temporal.toml',
    };
    await publishShell(run, environment, "/tools of o'neill/temporal");
    const { PATH, ...env } = await sourced();
    for (const [name, value] of Object.entries(environment)) assert.equal(env[name], value);
    assert.equal(PATH, "/usr/bin:/bin:/tools of o'neill");
  });

  it('take away what would lead elsewhere, and nothing else', async () => {
    await publishShell(run, { ETCDCTL_ENDPOINTS: 'here', GATEWAY_SAGA_AGENT: undefined }, '/x/temporal');
    const elsewhere = {
      ETCDCTL_USER: 'root:x',
      TEMPORAL_TLS_CLIENT_KEY_DATA: 'a\nTEMPORAL_NOT=a variable\nb',
      TEMPORAL_API_KEY: 'k',
      GATEWAY_SAGA_AGENT: '1',
      GATEWAY_SAGA_CODEC_KEYS: '/keys',
    };
    const env = await sourced({ ...elsewhere, MY_TEMPORAL_X: 'mine', ETCD_NAME: 'mine' });
    for (const name of Object.keys(elsewhere)) assert.ok(!(name in env), name);
    assert.deepEqual(
      [env['ETCDCTL_ENDPOINTS'], env['MY_TEMPORAL_X'], env['ETCD_NAME']],
      ['here', 'mine', 'mine'],
    );
  });

  it('are readable by their owner only, and removed with the run', async () => {
    await publishShell(run, {}, '/x/temporal');
    assert.equal((await stat(SHELL_FILE)).mode & 0o777, 0o600);
    await unpublish(run, []);
    await assert.rejects(stat(SHELL_FILE), { code: 'ENOENT' });
  });

  it("stay when they are another run's", async () => {
    await publishShell(run, {}, '/x/temporal');
    await writeFile(`${run}/env`, 'of an earlier run');
    await unpublish(run, []);
    assert.match(await readFile(SHELL_FILE, 'utf8'), /'\/x'/);
    await rm(SHELL_FILE);
  });
});

describe('what npm start says first', () => {
  const stack = (etcd: string, temporal: string) =>
    ({
      etcd: { endpoints: [etcd] },
      temporal: { address: temporal, namespace: 'default', ui: 'http://127.0.0.1:8233' },
      routers: SAMPLE_PAIRS.flat().map((router) => ({ ...router, host: '127.0.0.1', port: 45_587 })),
    }) as unknown as Stack;

  it('is how other terminals reach this stack, then where everything is, in 80 columns', () => {
    const lines = introduction(stack('127.0.0.1:2379', '127.0.0.1:7233'));
    assert.match(lines[0] ?? '', /\. \.local\/env$/);
    assert.equal(lines[1], '');
    for (const line of lines) assert.ok(line.length <= 80, line);
  });

  it('is also which kinds were published, in 80 columns', () => {
    const kinds = Array.from({ length: 20 }, (_, index) => `kind_${index}_gateway`);
    const lines = kindsLines(kinds.flatMap((kind) => [kind, `${kind}_monitoring`]));
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.deepEqual(lines.join(' ').match(/[a-z]+_\d+_gateway/g), kinds);
    assert.match(lines[0] ?? '', /^Kinds {5}kind_0_gateway, /);
    assert.match(lines[1] ?? '', /^ {10}kind_/);
  });

  for (const [what, etcd, temporal] of [
    ['etcd', '127.0.0.1:15000', '127.0.0.1:7233'],
    ['Temporal', '127.0.0.1:2379', '127.0.0.1:15001'],
  ] as const)
    it(`is also that the usual ports are taken, if ${what} has another`, () => {
      const lines = introduction(stack(etcd, temporal));
      assert.match(lines[1] ?? '', /^The usual ports are taken\./);
      for (const line of lines) assert.ok(line.length <= 80, line);
    });
});
