import assert from 'node:assert/strict';
import { COMMANDS, GROUPS, groupOf } from './groups.ts';
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
});
