import assert from 'node:assert/strict';
import type { ObservedRequest } from '../../netconf/observer.ts';
import { check, discardChanges, lock, unlock } from '../../netconf/operations.ts';
import { REFUSED, useSessions } from './use-sessions.ts';

describe('who observes a session', () => {
  const { open } = useSessions();
  let seen: ObservedRequest[];
  beforeEach(() => (seen = []));
  const observe = (request: ObservedRequest) => void seen.push(request);
  const told = () => seen.map(({ operation, outcome }) => `${operation} ${outcome}`);

  it('is told of each request: its name, the router, how it came out, and nothing else', async () => {
    const session = await open(
      { answer: ({ operation }, { reply }) => reply(operation === 'unlock' ? REFUSED : '<ok/>') },
      { observe },
    );
    await session.pipeline([discardChanges(), unlock()]);
    assert.deepEqual(told(), ['discard-changes done', 'unlock refused']);
    assert.deepEqual(Object.keys(seen[0] ?? {}).sort(), ['ms', 'operation', 'outcome', 'peer']);
    assert.equal(seen[0]?.peer, session.peer);
  });

  it('is told how long each request of a pipeline took, not how long it waited for those before it', async () => {
    const answers: (() => void)[] = [];
    const session = await open(
      {
        answer: (_request, { reply }) => {
          answers.push(() => reply('<ok/>'));
          if (answers.length === 2) setTimeout(() => answers.forEach((answer) => answer()), 80);
        },
      },
      { observe },
    );
    await session.pipeline([discardChanges(), unlock()]);
    const [first, second] = seen.map(({ ms }) => ms);
    assert.ok((first ?? 0) >= 75, String(first));
    assert.ok((second ?? Infinity) < 60, String(second));
  });

  it('is told of requests that the end of the session left without a reply', async () => {
    const session = await open({ answer: () => undefined }, { observe });
    const asked = session.pipeline([lock(), check()]);
    session.destroy('cut');
    await asked;
    assert.deepEqual(told(), ['lock lost', 'check lost']);
  });
});
