import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { COMMANDS } from '../../command/commands.ts';
import { HELP as ROUTER_HELP } from '../../command/router.ts';
import { SAMPLE_PAIRS } from '../../local/samples.ts';
import { ROOT } from '../../local/folders.ts';
import { filesOf, services, textOf, yamlOf, type Service } from './files.ts';

/** Variables of the health endpoint and of the log's form, which are made at the same time as `deploy/`. */
const COMING: readonly string[] = [];

describe('deploy/', () => {
  /** The variables that the program reads, as its help and the page on configuration name them. */
  let known: Set<string>;
  let compose: Readonly<Record<string, Service>>;

  before(async () => {
    const page = await readFile(`${ROOT}docs/configuration.md`, 'utf8');
    known = new Set([...COMING, ...(page.match(/\b(?:GATEWAY_SAGA|ETCDCTL|TEMPORAL)_[A-Z_]+\b/g) ?? [])]);
    compose = await services();
  });

  it('has YAML that can be read', async () => {
    const files = await filesOf(/^(?!helm\/[^/]+\/templates\/).*\.ya?ml$/);
    assert.ok(files.includes('compose.yaml') && files.includes('helm/gateway-saga/values.yaml'));
    for (const file of files) assert.equal(typeof (await yamlOf(file)), 'object', file);
  });

  it('has services whose programs get words, and no YAML that looks like them', () => {
    const programs = Object.values(compose).flatMap(({ command = [], healthcheck }) => [
      ...command,
      ...(healthcheck?.test ?? []),
    ]);
    assert.ok(programs.length > 60, `only ${programs.length} words`);
    assert.deepEqual(
      programs.filter((word) => typeof word !== 'string'),
      [],
    );
  });

  it('sets only variables that the program reads', async () => {
    const files = await filesOf(/\.(?:yaml|service|example|tpl)$|Dockerfile$/);
    const unknown: string[] = [];
    let seen = 0;
    for (const file of files) {
      // What Temporal's own containers get has other names, or none of these.
      for (const [variable] of (await textOf(file)).matchAll(
        /\b(?:GATEWAY_SAGA|ETCDCTL|TEMPORAL)_[A-Z_]+\b/g,
      )) {
        seen += 1;
        if (!known.has(variable) && !variable.startsWith('TEMPORAL_TLS_'))
          unknown.push(`${file}: ${variable}`);
      }
    }
    assert.ok(seen > 30, `only ${seen} variables`);
    assert.deepEqual(unknown, []);
  });

  it('gives commands only options that they have', async () => {
    const helps = new Map<string, string>();
    for (const { name, load } of COMMANDS)
      helps.set(name, name === 'router' ? ROUTER_HELP : (await load()).HELP);
    const commands = Object.values(compose)
      .filter(({ image, command }) => image?.startsWith('gateway-saga:') && helps.has(command?.[0] ?? ''))
      .map(({ command = [] }) => command);
    assert.deepEqual(commands.map(([name = '']) => name).toSorted(), [
      'router',
      'router',
      'setup',
      'worker',
      'worker',
    ]);
    for (const [name = '', ...options] of commands)
      for (const option of options) {
        const [word = ''] = option.split('=');
        assert.ok(helps.get(name)?.includes(`  ${word} `), `${name} ${word}`);
      }
  });

  it('leads the workers to the simulated routers of the samples', () => {
    const worker = compose['worker1'] ?? assert.fail('no worker1');
    assert.deepEqual(compose['worker2'], worker);
    const ids = worker.environment?.['GATEWAY_SAGA_CONNECT_TO']
      ?.split(',')
      .map((entry) => entry.split(':')[0]);
    assert.deepEqual(
      ids,
      SAMPLE_PAIRS.flat().map(({ id }) => id),
    );
    for (const { username, password } of SAMPLE_PAIRS.flat())
      for (const routers of ['routers-vpn', 'routers-internet'])
        assert.ok(compose[routers]?.command?.includes(`--user=${username}:${password}`));
  });

  it('mounts files that are there', async () => {
    const mounted = Object.values(compose)
      .flatMap(({ volumes = [] }) => volumes)
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((path) => path.startsWith('.'));
    assert.ok(mounted.length > 3);
    for (const path of mounted) await access(`${ROOT}deploy/${path}`);
  });

  it('has the services that the page on deployment lists, where it says', async () => {
    const page = await readFile(`${ROOT}docs/deploy.md`, 'utf8');
    const rows = page.matchAll(/^\| `([a-z0-9-]+)` +\| (?:http:\/\/)?([\d.:]*) /gm);
    const listed = new Map(Array.from(rows, ([, name = '', where = '']) => [name, where]));
    const there = Object.entries(compose).map(([name, { ports = [] }]) => [
      name,
      ports.map((port) => port.replace(/:\d+$/, '')).join(),
    ]);
    assert.deepEqual(Object.fromEntries(listed), Object.fromEntries(there));
  });

  it('names in the lines for helm only Secrets and ConfigMaps that the lines before them create', async () => {
    const page = await readFile(`${ROOT}docs/deploy.md`, 'utf8');
    const lines =
      page.split('```').find((block) => block.includes('helm install gateway-saga deploy/')) ?? '';
    const values = await textOf('helm/gateway-saga/values.yaml');
    const named = [
      ...lines.matchAll(/\.(?:\w+Secret|secret|\w+ConfigMap)=(\S+)/g),
      ...values.matchAll(/(?:[sS]ecret|ConfigMap): ([a-z-]+)$/gm),
    ].map(([, name]) => name);
    const created = Array.from(
      lines.matchAll(/kubectl create (?:configmap|secret generic) (\S+)/g),
      ([, name]) => name,
    );
    assert.deepEqual(new Set(created), new Set(named));
  });

  it('runs its own programs with nothing but what they need', () => {
    const own = Object.entries(compose).filter(([, { image }]) => image?.startsWith('gateway-saga:'));
    assert.equal(own.length, 6);
    assert.deepEqual(
      own.filter(([, { read_only }]) => read_only !== true),
      [],
    );
  });

  it('has one version everywhere, the one of the package', async () => {
    const { version, peerDependencies } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
      version: string;
      peerDependencies: Record<string, string>;
    };
    const chart = (await yamlOf('helm/gateway-saga/Chart.yaml')) as { version: string; appVersion: string };
    assert.deepEqual([chart.version, chart.appVersion], [version, version]);
    const page = await readFile(`${ROOT}docs/deploy.md`, 'utf8');
    const named = `${page}${await textOf('Dockerfile')}${await textOf('compose.yaml')}`.matchAll(
      /gateway-saga[:-](\d+\.\d+\.\d+)/g,
    );
    assert.deepEqual([...new Set(Array.from(named, ([, found]) => found))], [version]);
    assert.ok(page.includes(`@temporalio/worker@${peerDependencies['@temporalio/worker']}`));
  });
});
