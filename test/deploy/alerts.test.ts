import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { COMMANDS } from '../../command/commands.ts';
import { METRICS } from '../../gateway/metrics.ts';
import { ROOT } from '../../local/folders.ts';
import { promtool } from '../world/prometheus.ts';
import { alertNames, dashboardPanels, dashboardQueries, filesOf, rules, yamlOf } from './files.ts';

interface Case {
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

/** Those of Temporal's SDK and of Prometheus itself. */
const OTHER_METRICS = [
  'ALERTS',
  'temporal_activity_execution_failed',
  'temporal_worker_task_slots_available',
  'temporal_workflow_task_execution_failed',
  'up',
];

describe('the alerts', () => {
  const testFiles = () => filesOf(/^prometheus\/.*\.test\.yaml$/);

  it('fire and clear in a case each', async () => {
    const fire = new Set<string>();
    const clear = new Set<string>();
    for (const file of await testFiles())
      for (const { alert_rule_test } of ((await yamlOf(file)) as { tests: readonly Case[] }).tests) {
        let hasFired = false;
        for (const { alertname, exp_alerts } of alert_rule_test) {
          if (exp_alerts.length > 0) fire.add(alertname);
          else if (hasFired) clear.add(alertname);
          hasFired ||= exp_alerts.length > 0;
        }
      }
    const all = await alertNames();
    assert.ok(all.length > 10);
    assert.deepEqual([[...fire].toSorted(), [...clear].toSorted()], [all, all]);
  });

  it('say how severe they are and what to do, on a page of their own', async () => {
    const pages: string[] = [];
    for (const { alert, labels, annotations } of await rules()) {
      if (alert === undefined) continue;
      assert.match(labels?.['severity'] ?? '', /^(critical|warning)$/, alert);
      assert.ok(annotations?.['summary'] && annotations['description'], alert);
      const page = annotations['runbook_url'] ?? '';
      const text = await readFile(`${ROOT}${page}`, 'utf8');
      assert.deepEqual(
        [...text.matchAll(/^#+ (.*)$|^\*\*(At stake)/gm)].map(([, title, word]) => title ?? word),
        [alert, 'At stake', 'Look', 'Do', 'When it clears'],
      );
      const lines = text.trimEnd().split('\n').length;
      assert.ok(lines >= 15 && lines <= 25, `${page} has ${lines} lines`);
      pages.push(page.replace('docs/runbooks/', ''));
    }
    const others = (await readdir(`${ROOT}docs/runbooks`)).filter((page) => !pages.includes(page));
    assert.deepEqual(others, ['game-day.md']);
  });

  it('have pages whose commands are there', async () => {
    const helps = new Map<string, string>();
    for (const { name, load } of COMMANDS) helps.set(name, (await load()).HELP);
    let seen = 0;
    for (const page of await readdir(`${ROOT}docs/runbooks`)) {
      const text = await readFile(`${ROOT}docs/runbooks/${page}`, 'utf8');
      for (const [, name = '', rest = ''] of text.matchAll(/(?:^|`|npx )gateway-saga ([a-z]+)([^`#\n]*)/gm)) {
        seen += 1;
        const help = helps.get(name) ?? (name === 'version' ? '' : assert.fail(`${page}: ${name}`));
        for (const [option] of rest.matchAll(/--[a-z-]+/g))
          assert.ok(help.includes(option), `${page}: ${option}`);
      }
    }
    assert.ok(seen > 30, `only ${seen} commands`);
  });

  it('and the dashboard ask for metrics that a worker has', async () => {
    const recorded = (await rules()).flatMap(({ record }) => record ?? []);
    const known = new Set<string>([
      ...Object.values(METRICS).map(({ name }) => name),
      ...recorded,
      ...OTHER_METRICS,
    ]);
    const named = /\b(?:gateway_saga|temporal)[a-z0-9_:]+|\bALERTS\b|\bup\b/g;
    const queries = [...(await rules()).map(({ expr }) => expr), ...(await dashboardQueries())];
    const asked = queries.flatMap((query) => query.match(named) ?? []);
    assert.ok(asked.length > 50);
    assert.deepEqual(
      asked.filter((name) => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, ''))),
      [],
    );
  });

  it('and what they show have a place on the dashboard, in four rows', async () => {
    const panels = await dashboardPanels();
    assert.deepEqual(
      panels.filter(({ type }) => type === 'row').map(({ title }) => title),
      ['Overview', 'Pairs', 'Routers', 'Watch'],
    );
    const ids = panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const fields = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    assert.equal(new Set(fields).size, fields.length, 'panels overlap');
  });

  it('pass promtool', async function () {
    this.timeout(60_000);
    const program = await promtool();
    if (program === undefined) return this.skip();
    const cwd = `${ROOT}deploy/prometheus`;
    const run = (...args: readonly string[]) => promisify(execFile)(program, args, { cwd });
    await run('check', 'config', 'prometheus.yml');
    await run('check', 'rules', 'alerts.yaml');
    await run('test', 'rules', ...(await testFiles()).map((file) => file.replace('prometheus/', '')));
  });
});
