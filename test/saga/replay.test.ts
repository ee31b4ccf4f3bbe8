import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { DeterminismViolationError } from '@temporalio/workflow';
import { assertReplays, ENDS, replay } from '../histories/replay.ts';
import type { History, Replayed } from '../histories/replay.ts';
import { REQUEST_SIGNAL } from '../../pair/messages.ts';
import type { PairRequest } from '../../pair/messages.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { installQuietRuntime } from '../world/quiet-runtime.ts';

const FOLDER = new URL('../histories/', import.meta.url);
const releases = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const namesOf = (release: string) =>
  readdirSync(new URL(`${release}/`, FOLDER)).map((file) => file.replace(/\.json$/, ''));
const recorded = (name: string, release = packageJson.version) =>
  readFile(new URL(`${release}/${name}.json`, FOLDER), 'utf8');

describe('the workflow', function () {
  this.timeout(60_000);
  before(installQuietRuntime);

  for (const release of releases) {
    describe(`of release ${release}`, () => {
      const names = namesOf(release);
      const histories: History[] = [];
      let replayed: readonly Replayed[] = [];
      before(async () => {
        for (const name of names) histories.push(JSON.parse(await recorded(name, release)) as History);
        replayed = await replay(...histories);
      });

      for (const [index, name] of names.entries())
        it(`has done what it would do now: ${name}`, () => {
          const end = ENDS[name as keyof typeof ENDS];
          if (end !== undefined) assert.equal(histories[index]?.events.at(-1)?.eventType, end);
          assertReplays(replayed[index]);
        });
    });
  }

  it('has histories of the release that it is', () => {
    assert.deepEqual(namesOf(packageJson.version).toSorted(), Object.keys(ENDS).toSorted());
  });

  it('has one of a pair that kept one and reverted others', async () => {
    const text = await recorded('pair');
    const settled = [...text.matchAll(/"data": "([^"]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    );
    for (const outcome of [/"kept":\[\{/, /"reverted":\[\{/])
      assert.ok(
        settled.some((words) => outcome.test(words)),
        String(outcome),
      );
  });

  it('has taken the first request of a signal only, if an older release carried it out', async () => {
    const history = JSON.parse(await recorded('pair', '0.1.0')) as History;
    const signal = history.events.find(
      ({ workflowExecutionSignaledEventAttributes: signaled }) => signaled?.signalName === REQUEST_SIGNAL,
    )?.workflowExecutionSignaledEventAttributes;
    const [first] = signal?.input.payloads ?? [];
    assert.ok(first);
    const request = JSON.parse(Buffer.from(first.data, 'base64').toString()) as PairRequest;
    const other = { ...request, gateway: { ...request.gateway, resourceId: 'other' }, run: 'run-other' };
    signal?.input.payloads.push({
      ...first,
      data: Buffer.from(JSON.stringify(other)).toString('base64'),
    });
    assertReplays((await replay(history))[0]);
  });

  it('would be caught if it did something else than it had done', async () => {
    const text = await recorded('created');
    const other = JSON.parse(text.replaceAll('"recordStack"', '"recordOther"')) as History;
    // The one behind it is judged all the same.
    const [caught, next] = await replay(other, JSON.parse(text) as History);
    assert.ok(caught?.error instanceof DeterminismViolationError, String(caught?.error));
    assertReplays(next);
  });
});
