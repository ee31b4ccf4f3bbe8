import assert from 'node:assert/strict';
import type { RouterSession } from '../../../activities/router/router-sessions.ts';
import { forgetEngines, readFirstHistory } from '../../../activities/router/synchronization.ts';
import type { SynchronizePolicy } from '../../../gateway/policies.ts';
import type { Operation } from '../../../netconf/operations.ts';
import type { Outcome } from '../../../netconf/operation.ts';
import { reading } from '../../netconf/reading-replies.ts';

const REFUSED =
  '<rpc-error><error-severity>error</error-severity><error-message>permission denied</error-message></rpc-error>';
const engines = (...slots: number[]) =>
  `<route-engine-information>${slots.map((slot) => `<route-engine><slot>${slot}</slot></route-engine>`).join('')}</route-engine-information>`;
const text = (configuration: string) => `<configuration-text>${configuration}</configuration-text>`;

/** A session on a router that gives these replies about its engines and its configuration. `sent` gets the names of the operations. */
function sessionOf(policy: SynchronizePolicy, information: string, configuration: string, sent: string[]) {
  const replies: Readonly<Record<string, string>> = {
    'get-commit-information': '<commit-information/>',
    'get-route-engine-information': information,
    'get-configuration': configuration,
  };
  const request = async <T>(operation: Operation<T>): Promise<T> => {
    sent.push(operation.name);
    return reading(operation, replies[operation.name] ?? '');
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
  const byItself = text('system { commit { synchronize; } }');
  const table: readonly [SynchronizePolicy, what: string, string, string, expected: keyof typeof EXPECTED][] =
    [
      ['auto', 'that has two engines', two, nothing, both],
      ['auto', 'that synchronizes by itself', two, byItself, not],
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
      ['always', 'that has two engines', two, byItself, both],
      ['always', 'that has one engine', engines(0), nothing, blindly],
      ['always', 'that refuses to tell its engines', REFUSED, nothing, blindly],
      ['never', 'that has two engines', two, nothing, not],
    ];
  for (const [policy, what, information, configuration, expected] of table)
    it(`${policy}: ${expected}, if it is one ${what}`, async () => {
      const session = sessionOf(policy, information, configuration, []);
      assert.deepEqual((await readFirstHistory(session)).synchronization, EXPECTED[expected]);
      assert.deepEqual((await readFirstHistory(session)).synchronization, EXPECTED[expected]);
    });
});

describe('a router', () => {
  const FIRST = ['get-commit-information', 'get-route-engine-information'];

  it('is asked for its engines once in a session, and again after the answer was in doubt', async () => {
    const sent: string[] = [];
    const session = sessionOf('auto', engines(0), '<ok/>', sent);
    await readFirstHistory(session);
    await readFirstHistory(session);
    assert.deepEqual(sent, [...FIRST, 'get-commit-information']);
    forgetEngines(session);
    await readFirstHistory(session);
    assert.deepEqual(sent.slice(3), FIRST);
  });

  it('is asked for its configuration only if it has two', async () => {
    const sent: string[] = [];
    await readFirstHistory(sessionOf('auto', engines(0, 1), '<ok/>', sent));
    assert.deepEqual(sent, [...FIRST, 'get-configuration']);
  });

  it('is asked for neither if nothing is ever synchronized there', async () => {
    const sent: string[] = [];
    await readFirstHistory(sessionOf('never', engines(0, 1), '<ok/>', sent));
    assert.deepEqual(sent, ['get-commit-information']);
  });
});
