import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { METRICS } from '../../../gateway/metrics.ts';
import type { MetricFacts } from '../../../gateway/metrics.ts';
import { ROOT } from '../../../local/folders.ts';

const ALL: readonly MetricFacts[] = Object.values(METRICS);

describe('docs/metrics.md', () => {
  it('has each metric with its type, labels, unit and meaning, and no other', async () => {
    const page = await readFile(`${ROOT}docs/metrics.md`, 'utf8');
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| `gateway_saga_'))
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim().replaceAll('`', '')),
      );
    assert.deepEqual(
      rows,
      ALL.map(({ name, type, labels, unit, help }) => [name, type, labels.join(', ') || '–', unit, help]),
    );
  });

  it('says what each label holds', async () => {
    const page = await readFile(`${ROOT}docs/metrics.md`, 'utf8');
    const told = [...page.matchAll(/^\| `([a-z_]+)` /gm)].map(([, label = '']) => label);
    const used = new Set<string>(ALL.flatMap(({ labels }) => labels));
    used.delete('router_name');
    assert.deepEqual(new Set(told.filter((name) => !name.startsWith('gateway_saga_'))), used);
  });
});

describe('the names of metrics', () => {
  it("follow Prometheus's rules", () => {
    for (const { name, type, unit } of ALL) {
      assert.match(name, /^gateway_saga_[a-z]+(_[a-z]+)*$/);
      assert.equal(name.endsWith('_total'), type === 'counter', name);
      assert.equal(name.endsWith('_seconds'), unit === 'seconds', name);
      assert.doesNotMatch(name, /_(count|sum|bucket)$/);
    }
    assert.equal(new Set(ALL.map(({ name }) => name)).size, ALL.length);
  });
});
