import { deepEqual, equal } from 'node:assert/strict';
import { causeLines, gatewayLine, summaryLine, type Followed } from '../../command/many-view.ts';

const plain = { now: Date.parse('2026-01-01T00:00:03.000Z'), color: false };
const followed = (resourceId: string, blockedBy?: string): Followed => {
  const gateway = { resourceType: 'vpn_gateway', resourceId, version: 1 };
  const step = { step: 'apply', status: 'running', since: '2026-01-01T00:00:00.000Z' } as const;
  const steps = [{ ...step, waitingFor: 'MX-1, MX-2', ...(blockedBy !== undefined && { blockedBy }) }];
  return { gateway, progress: { gateway, name: 'acme', steps, outcome: 'running' } };
};

describe('several gateways, one line each', () => {
  const held =
    'MX-2 is held for maintenance: new line card (alice@jump-host, since 2026-01-02T03:04:05.000Z)';

  it('begin with the cause of a wait', () => {
    equal(
      gatewayLine(followed('4fab', 'MX-2 is away'), plain),
      '⠋ vpn_gateway 4fab version 1 acme  apply 3.0 s, blocked: MX-2 is away; waits for MX-1, MX-2',
    );
  });

  it('have each cause below them once, and nothing of it is cut off', () => {
    const all = [followed('a', 'MX-1 is away'), followed('b', held), followed('c', held), followed('d')];
    deepEqual(causeLines(all, plain), [`2 blocked: ${held}`, '1 blocked: MX-1 is away']);
    const narrow = causeLines(all, { ...plain, columns: 40 });
    equal(narrow.join(' '), `2 blocked: ${held} 1 blocked: MX-1 is away`);
    equal(Math.max(...narrow.map(({ length }) => length)) <= 40, true);
    const many = Array.from({ length: 7 }, (_, index) => followed(`${index}`, `cause ${index}`));
    equal(causeLines(many, plain).at(-1), '2 more causes');
  });

  it('have none that has ended below them', () => {
    const { progress, ...one } = followed('a', held);
    deepEqual(causeLines([{ ...one, progress: { ...progress, outcome: 'failed' } as never }], plain), []);
  });

  it('are counted by how their versions were made, also where all of them count as created', () => {
    const created = (was?: 'updated' | 'unchanged'): Followed => ({
      ...followed('a'),
      outcome: { kind: 'created', ...(was !== undefined && { was }) } as never,
    });
    equal(
      summaryLine([created(), created('updated'), created('unchanged')], 'create'),
      '3 gateways: 1 created, 1 updated, 1 unchanged',
    );
  });
});
