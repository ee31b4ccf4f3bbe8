import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS, GROUPS, groupOf } from './groups.ts';
import { runGroup } from './run-group.ts';
import { allSpecs, specsOf } from './specs.ts';

describe('the commands that run the specs', () => {
  it('run all of them, each once', async () => {
    const ran: string[] = [];
    for (const command of COMMANDS) for (const specs of (await specsOf(command)).values()) ran.push(...specs);
    const specs = await allSpecs();
    assert.deepEqual(ran.sort(), specs);
    assert.ok(specs.length > 200 && specs.includes('run/groups.test.ts'));
  });

  it('name nothing that is not there', async () => {
    const specs = await allSpecs();
    const idle = GROUPS.flatMap((group) =>
      group.specs.filter((start) => !specs.some((spec) => spec.startsWith(start) && groupOf(spec) === group)),
    );
    assert.deepEqual(idle, []);
  });

  it('read the results of a group, whatever its name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-saga-groups-'));
    const { results, output } = await runGroup(['pair/queue.test.ts'], join(folder, 'one, and two=.json'));
    await rm(folder, { recursive: true });
    assert.equal(results.failed, 0, output);
    assert.ok(results.passed > 0, output);
  });
});
