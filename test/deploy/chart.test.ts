import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { ROOT } from '../../local/folders.ts';
import { isValid } from '../templates/json-schema.ts';
import { filesOf, rules, textOf, yamlOf } from './files.ts';

const CHART = 'helm/gateway-saga';

/** As much of JSON Schema as the chart's has. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | object;
  readonly type?: string;
}

describe("the chart's values", () => {
  let schema: Schema;
  before(async () => (schema = JSON.parse(await textOf(`${CHART}/values.schema.json`)) as Schema));

  it('that templates name are in the schema', async () => {
    const files = await filesOf(/^helm\/.*\/templates\//);
    const named = new Set<string>();
    for (const file of files)
      for (const [, path = ''] of (await textOf(file)).matchAll(/\.Values\.([\w.]+)/g)) named.add(path);
    assert.ok(named.size > 30);
    assert.deepEqual(
      [...named].filter((path) => at(schema, path.split('.')) === undefined),
      [],
    );
  });

  it('that have a default are all in the schema, and the other way round', async () => {
    const values = (await yamlOf(`${CHART}/values.yaml`)) as object;
    assert.deepEqual(pathsOf(values, schema), pathsOfSchema(schema));
  });

  const tls = { secret: 'tls', clientCertificate: true };
  const cases: readonly [string, object, boolean][] = [
    ['a user and its password', { etcd: { user: 'gateway-saga', passwordSecret: 'password' } }, true],
    ['a user without a password, which a variable may give', { etcd: { user: 'gateway-saga' } }, true],
    ['a password without a user', { etcd: { passwordSecret: 'password' } }, false],
    ['a certificate with its Secret', { etcd: { tls }, temporal: { tls } }, true],
    ['an authority only', { etcd: { tls: { ...tls, clientCertificate: false } } }, true],
    ['a certificate for etcd without its Secret', { etcd: { tls: { ...tls, secret: '' } } }, false],
    ['a certificate for Temporal without its Secret', { temporal: { tls: { ...tls, secret: '' } } }, false],
  ];
  for (const [what, given, isTaken] of cases)
    it(`may ${isTaken ? '' : 'not '}be ${what}`, async () => {
      const values = (await yamlOf(`${CHART}/values.yaml`)) as Values;
      assert.equal(isValid(merged(values, given as Values), schema as Values), isTaken);
    });
});

describe("the chart's workers", () => {
  it('can be a version of a deployment, and get any other argument and variable', async () => {
    const text = await textOf(`${CHART}/templates/deployment.yaml`);
    const lines = text.split('\n').map((line) => line.trim());
    const inside = (value: string) => lines[lines.indexOf(`{{- with .Values.worker.${value} }}`) + 1];
    assert.deepEqual(['extraArgs', 'deployment.name', 'deployment.buildId', 'extraEnv'].map(inside), [
      '{{- toYaml . | nindent 12 }}',
      '- { name: GATEWAY_SAGA_DEPLOYMENT, value: {{ . | quote }} }',
      '- { name: GATEWAY_SAGA_BUILD_ID, value: {{ . | quote }} }',
      '{{- toYaml . | nindent 12 }}',
    ]);
  });
});

describe("the chart's PodMonitor", () => {
  it('names a job that the rules select, whatever the release is called', async () => {
    const monitor = await textOf(`${CHART}/templates/podmonitor.yaml`);
    const [, label = ''] = /^ {2}jobLabel: (\S+)$/m.exec(monitor) ?? [];
    // The pods have the labels of the selector.
    const labels = await textOf(`${CHART}/templates/_helpers.tpl`);
    const job = labels.split('\n').find((line) => line.startsWith(`${label}: `)) ?? assert.fail('no label');
    const selected = (await rules()).flatMap(({ expr }) => [...expr.matchAll(/\bjob=~"([^"]*)"/g)]);
    assert.ok(selected.length > 0);
    for (const [, pattern = ''] of selected)
      assert.match(job.slice(label.length + 2), new RegExp(`^(?:${pattern})$`));
  });
});

describe('the chart, by helm', function () {
  this.timeout(30_000);
  before(function () {
    if (spawnSync('helm', ['version']).error === undefined) return;
    console.log('      helm is not there: these are skipped');
    this.skip();
  });

  const all = {
    watch: 'true',
    'policy.vrrpLimitMs': '90000',
    'temporal.tls.secret': 'temporal-tls',
    'temporal.tls.clientCertificate': 'true',
    'temporal.apiKeySecret': 'key',
    'etcd.tls.secret': 'etcd-tls',
    'etcd.user': 'gateway-saga',
    'etcd.passwordSecret': 'password',
    codecKeysSecret: 'codec',
    'routers.privateKeySecret': 'login',
    'podMonitor.enabled': 'true',
  };

  it('is right', async () => {
    assert.match(
      await helm('lint', '--strict', `deploy/${CHART}`),
      /1 chart\(s\) linted, 0 chart\(s\) failed/,
    );
  });

  it('makes what Kubernetes takes, with few values and with all', async () => {
    const kinds = ['Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'ServiceAccount'];
    assert.deepEqual(kindsOf(await template({})), kinds);
    const made = await template(all);
    assert.deepEqual(kindsOf(made), ['ConfigMap', ...kinds, 'PodMonitor'].toSorted());
    for (const name of ['temporal-tls', 'etcd-tls', 'password', 'codec', 'login'])
      assert.match(made, new RegExp(`secretName: "${name}"`));
    assert.match(made, /path: \/readyz/);
  });

  it('makes workers that are a version of a deployment, with further arguments and variables', async () => {
    const made = await template({
      'worker.deployment.name': 'sagas',
      'worker.deployment.buildId': '0.2.0',
      'worker.extraArgs': '{--metrics-per-router,--agent}',
      'worker.extraEnv[0].name': 'GATEWAY_SAGA_TRACES',
      'worker.extraEnv[0].value': 'http://collector:4318',
    });
    assert.match(made, /args:\n +- worker\n +- --metrics-per-router\n +- --agent\n/);
    assert.match(made, /name: GATEWAY_SAGA_DEPLOYMENT, value: "sagas"/);
    assert.match(made, /name: GATEWAY_SAGA_BUILD_ID, value: "0.2.0"/);
    assert.match(made, /- name: GATEWAY_SAGA_TRACES\n +value: http:\/\/collector:4318\n/);
    assert.doesNotMatch(await template({}), /GATEWAY_SAGA_(DEPLOYMENT|BUILD_ID)/);
  });

  it('refuses values that it does not know', async () => {
    await assert.rejects(template({ replica: '3' }), /replica/);
    await assert.rejects(template({ 'log.level': 'loud' }), /level/);
    await assert.rejects(template({ 'worker.deployment.buildId': '0.2.0' }), /deployment/);
    await assert.rejects(template({ 'etcd.passwordSecret': 'password' }), /etcd/);
    await assert.rejects(template({ 'temporal.tls.clientCertificate': 'true' }), /tls/);
  });
});

type Values = Readonly<Record<string, unknown>>;

/** The values with those that are given, as Helm puts them together. */
function merged(values: Values, given: Values): Values {
  const changed = Object.entries(given).map(([name, value]) =>
    typeof value === 'object' ? [name, merged(values[name] as Values, value as Values)] : [name, value],
  );
  return { ...values, ...(Object.fromEntries(changed) as Values) };
}

const template = (values: Readonly<Record<string, string>>): Promise<string> =>
  helm(
    'template',
    'try',
    `deploy/${CHART}`,
    '--kube-version=1.30.0',
    ...Object.entries(values).map(([name, value]) => `--set=${name}=${value}`),
  );

async function helm(...args: string[]): Promise<string> {
  return (await promisify(execFile)('helm', args, { cwd: ROOT })).stdout;
}

const kindsOf = (made: string) =>
  Array.from(made.matchAll(/^kind: (\w+)$/gm), ([, kind = '']) => kind).toSorted();

function at(schema: Schema | undefined, [name, ...rest]: readonly string[]): Schema | undefined {
  return name === undefined ? schema : at(schema?.properties?.[name], rest);
}

/** The paths of values, as deep as the schema names them. */
function pathsOf(values: object, schema: Schema | undefined, before = ''): string[] {
  return Object.entries(values)
    .flatMap(([name, value]: [string, unknown]) => {
      const inner = schema?.properties?.[name];
      const path = `${before}${name}`;
      return inner?.properties !== undefined && typeof value === 'object' && value !== null
        ? pathsOf(value, inner, `${path}.`)
        : [path];
    })
    .toSorted();
}

/** The paths that the schema names. Helm adds `global` to the values of every chart. */
function pathsOfSchema(schema: Schema, before = ''): string[] {
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => before !== '' || name !== 'global')
    .flatMap(([name, inner]) =>
      inner.properties === undefined ? [`${before}${name}`] : pathsOfSchema(inner, `${before}${name}.`),
    )
    .toSorted();
}
