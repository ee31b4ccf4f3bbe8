import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeReport } from './processes/report.ts';
import { runSchedule } from './processes/run-schedule.ts';
import { drawSchedule } from './processes/schedule.ts';
import type { Site } from './processes/site.ts';

describe('a run that can not go on', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'report-'))));
  after(() => rm(folder, { recursive: true }));

  it('is no rest, and leaves a folder like any other that fails', async () => {
    const site = {
      run: { folder, logs: folder },
      recorder: { writes: [{ revision: 1, key: '/state/v2.0/vpn_gateways/g', value: '{}', seenAt: 1 }] },
      async ready() {
        await writeFile(join(folder, 'worker-1.log'), 'its last words');
        throw new Error('the workers do not poll');
      },
    } as unknown as Site;
    const verdict = await runSchedule(site, drawSchedule(3));
    assert.deepEqual(
      verdict.violations.map(({ invariant, found }) => [invariant, found.split('\n')[0]]),
      [['liveness', 'Error: the workers do not poll']],
    );
    const path = await writeReport(folder, verdict);
    const read = (name: string) => readFile(join(path, name), 'utf8');
    assert.match(await read('timeline.txt'), /etcd +#1 \/state\/v2\.0\/vpn_gateways\/g/);
    assert.match(await read('timeline.txt'), /WRONG +liveness: the run: .*the workers do not poll/);
    assert.equal(await read('texts/worker-1.txt'), 'its last words');
    assert.deepEqual(JSON.parse(await read('schedule.json')), drawSchedule(3));
  });
});
