import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT } from '../../local/folders.ts';
import { COMMANDS, GROUPS, groupOf } from './groups.ts';
import { runGroup } from './run-group.ts';
import { allSpecs, specsOf, turnedByDay } from './specs.ts';

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

  it('name what failed, and say why in a line', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-saga-groups-'));
    const spec = join(folder, 'failing.test.ts');
    await writeFile(spec, `it('adds up', () => { throw new Error('five\\nand more'); });`);
    const { results } = await runGroup([relative(`${ROOT}test`, spec)], join(folder, 'results.json'));
    await rm(folder, { recursive: true });
    assert.equal(results.failed, 1);
    assert.deepEqual(results.failures, ['adds up: five']);
  });

  it('begin no spec when their time is over, and name those that they left', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-saga-groups-'));
    const written = async (name: string, body: string): Promise<string> => {
      const spec = join(folder, name);
      await writeFile(
        spec,
        `describe('${name}', () => { it('runs', ${body}); });\ndescribe('more', () => { it('runs', () => {}); });`,
      );
      return relative(`${ROOT}test`, spec);
    };
    const lastBegin = Date.now() + 2_000;
    const until = `async () => { while (Date.now() < ${lastBegin}) await new Promise((on) => setTimeout(on, ${lastBegin} - Date.now())); }`;
    const specs = [await written('one.test.ts', until), await written('two.test.ts', '() => {}')];
    const { results } = await runGroup(specs, join(folder, 'results.json'), lastBegin);
    const { results: late } = await runGroup(specs, join(folder, 'late.json'), lastBegin);
    await rm(folder, { recursive: true });
    assert.deepEqual([results.passed, results.failed, results.left], [2, 0, specs.slice(1)]);
    assert.deepEqual([late.passed, late.failed, late.left], [0, 0, specs]);
  });

  it('begin at another group each day', () => {
    const list = Array.from({ length: 40 }, (_, index) => index);
    const firsts = Array.from({ length: 10 }, (_, day) => {
      const turned = turnedByDay(list, new Date(Date.UTC(2026, 10, 20 + day, 12)));
      assert.deepEqual(
        turned.toSorted((one, other) => one - other),
        list,
      );
      return turned[0];
    });
    assert.equal(new Set(firsts).size, 10);
  });

  it('end a group whose process lives on behind its results', async function () {
    this.timeout(60_000);
    const folder = await mkdtemp(join(tmpdir(), 'gateway-saga-groups-'));
    const spec = join(folder, 'open.test.ts');
    await writeFile(spec, `it('leaves a timer', () => { setInterval(() => {}, 1_000); });`);
    const { results } = await runGroup([relative(`${ROOT}test`, spec)], join(folder, 'results.json'));
    await rm(folder, { recursive: true });
    assert.deepEqual([results.passed, results.failures], [1, ['mocha ended with SIGKILL']]);
  });

  it('name a group that ended without results', async () => {
    const { results } = await runGroup(['no/such.test.ts'], join(tmpdir(), 'gateway-saga-no-results.json'));
    assert.equal(results.failed, 1);
    assert.match(results.failures.join(), /^mocha ended with exit code \d+$/);
  });
});
