import assert from 'node:assert/strict';
import type { RouterSession } from '../../../activities/router/router-sessions.ts';
import { readFirstHistory } from '../../../activities/router/synchronization.ts';
import type { SynchronizePolicy } from '../../../gateway/policies.ts';
import type { Operation } from '../../../netconf/operations.ts';
import type { Outcome } from '../../../netconf/operation.ts';
import { reading } from '../../netconf/reading-replies.ts';

const REFUSED =
  '<rpc-error><error-severity>error</error-severity><error-message>permission denied</error-message></rpc-error>';
const engines = (...slots: number[]) =>
  `<route-engine-information>${slots.map((slot) => `<route-engine><slot>${slot}</slot></route-engine>`).join('')}</route-engine-information>`;
const text = (configuration: string) => `<configuration-text>${configuration}</configuration-text>`;

const BY_ITSELF = text('system { commit { synchronize; } }');

/** A session on a router that gives these replies, by the names of the operations. `sent` gets the names. */
function sessionOf(policy: SynchronizePolicy, replies: Readonly<Record<string, string>>, sent: string[]) {
  const request = async <T>(operation: Operation<T>): Promise<T> => {
    sent.push(operation.name);
    return reading(operation, replies[operation.name] ?? '<commit-information/>');
  };
  const pipeline = (operations: readonly Operation<unknown>[]): Promise<Outcome<unknown>[]> =>
    Promise.all(
      operations.map((one) =>
        request(one).then(
          (value) => ({ kind: 'done', value }) as const,
          (error: unknown) => ({ kind: 'failed', error }) as const,
        ),
      ),
    );
  const reader = { policy: { synchronize: { '*': policy } } };
  return { id: 'r-1', name: 'MX-1', netconf: { request, pipeline }, reader } as unknown as RouterSession;
}

describe('what is sent to a router by its policy', () => {
  const EXPECTED = {
    'asks for both engines, and they are known': { goesAlong: true, engines: ['re0', 're1'] },
    'asks for both engines, and they are not known': { goesAlong: true, engines: [] },
    'does not ask for both engines': { goesAlong: false },
  };
  const both = 'asks for both engines, and they are known';
  const blindly = 'asks for both engines, and they are not known';
  const not = 'does not ask for both engines';
  const two = engines(0, 1);
  const nothing = '<ok/>';
  const table: readonly [SynchronizePolicy, what: string, string, string, expected: keyof typeof EXPECTED][] =
    [
      ['auto', 'that has two engines', two, nothing, both],
      ['auto', 'that synchronizes by itself', two, BY_ITSELF, not],
      [
        'auto',
        'that synchronizes by itself, written on one line',
        two,
        text('system commit synchronize;'),
        not,
      ],
      [
        'auto',
        'whose own statement is not active',
        two,
        text('system { commit { inactive: synchronize; } }'),
        both,
      ],
      [
        'auto',
        'whose own statements are not active',
        two,
        text('system { inactive: commit { synchronize; } }'),
        both,
      ],
      ['auto', 'that refuses to show its configuration', two, REFUSED, both],
      ['auto', 'that shows half a configuration', two, text('system { commit {'), both],
      ['auto', 'that shows damaged text', two, text('system { commit { synchronize; &#8; } }'), both],
      ['auto', 'that has one engine', engines(0), nothing, not],
      ['auto', 'that refuses to tell its engines', REFUSED, nothing, not],
      ['always', 'that has two engines', two, BY_ITSELF, both],
      ['always', 'that has one engine', engines(0), nothing, blindly],
      ['always', 'that refuses to tell its engines', REFUSED, nothing, blindly],
      ['never', 'that has two engines', two, nothing, not],
    ];
  for (const [policy, what, information, configuration, expected] of table)
    it(`${policy}: ${expected}, if it is one ${what}`, async () => {
      const replies = { 'get-route-engine-information': information, 'get-configuration': configuration };
      const session = sessionOf(policy, replies, []);
      assert.deepEqual((await readFirstHistory(session)).synchronization, EXPECTED[expected]);
    });
});

describe('a router', () => {
  const TWO = { 'get-route-engine-information': engines(0, 1), 'get-configuration': '<ok/>' };
  const FIRST = ['get-commit-information', 'get-route-engine-information'];

  it('is asked for its engines each time, so that one that was repaired, or has failed, is noticed in the same session', async () => {
    const sent: string[] = [];
    const replies = { 'get-route-engine-information': engines(0), 'get-configuration': '<ok/>' };
    const session = sessionOf('auto', replies, sent);
    const goesAlong = async () => (await readFirstHistory(session)).synchronization.goesAlong;
    assert.equal(await goesAlong(), false);
    replies['get-route-engine-information'] = engines(0, 1);
    assert.equal(await goesAlong(), true);
    replies['get-route-engine-information'] = engines(1);
    assert.equal(await goesAlong(), false);
    assert.deepEqual(sent, [...FIRST, ...FIRST, 'get-configuration', ...FIRST]);
  });

  it('is asked again whether its own configuration synchronizes', async () => {
    const replies = { 'get-route-engine-information': engines(0, 1), 'get-configuration': BY_ITSELF };
    const session = sessionOf('auto', replies, []);
    assert.equal((await readFirstHistory(session)).synchronization.goesAlong, false);
    replies['get-configuration'] = text('');
    assert.equal((await readFirstHistory(session)).synchronization.goesAlong, true);
  });

  it('is asked for its configuration only if it has two', async () => {
    const sent: string[] = [];
    await readFirstHistory(sessionOf('auto', TWO, sent));
    assert.deepEqual(sent, [...FIRST, 'get-configuration']);
  });

  it('is asked for neither if nothing is ever synchronized there', async () => {
    const sent: string[] = [];
    await readFirstHistory(sessionOf('never', TWO, sent));
    assert.deepEqual(sent, ['get-commit-information']);
  });
});
