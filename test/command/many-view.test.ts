import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Progress } from '../../client/index.ts';
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

  describe('on a narrow terminal', () => {
    const id = '4fab887d-8f73-40e6-b2d8-2426255231bf';
    const { progress, gateway } = followed(id);
    const long = { ...progress, name: 'customer-frankfurt-01' } as Progress;
    const update = {
      ...long,
      gateway: { ...long.gateway, version: 10 },
      action: 'update',
      standing: 9,
    } as const;
    const lineAt = (columns: number, one: Partial<Followed>) => {
      const line = gatewayLine({ gateway, ...one }, { ...plain, columns });
      ok(line.length <= columns, line);
      return line;
    };

    for (const columns of [80, 60, 40])
      it(`of ${columns} columns show how each ended`, () => {
        for (const outcome of ['created', 'deleted', 'superseded'] as const)
          for (const one of [long, update, { ...long, name: '東京'.repeat(20) }])
            match(
              lineAt(columns, { progress: { ...one, outcome } }),
              new RegExp(`^[✓✗] vpn_gateway .* ${outcome}$`),
            );
      });

    for (const columns of [80, 60, 40])
      it(`of ${columns} columns show the step that runs and its time, and no more of the name than fits`, () => {
        for (const step of ['apply', 'poll secondary', 'see and publish'] as const) {
          const steps = long.steps.map((one) => ({ ...one, step, blockedBy: held }));
          for (const one of [long, update])
            match(
              lineAt(columns, { progress: { ...one, steps } }),
              new RegExp(`^⠋ vpn_gateway .*  ${step} 3\\.0 s`),
            );
        }
      });

    it('show the name before what the step waits for', () => {
      equal(
        lineAt(80, { progress: { ...long, name: 'acme' } }),
        `⠋ vpn_gateway ${id} version 1 acme  apply 3.0 s,…`,
      );
      equal(
        lineAt(90, { progress: { ...long, name: 'acme' } }),
        `⠋ vpn_gateway ${id} version 1 acme  apply 3.0 s, waits for…`,
      );
    });

    it('show that no worker has taken one up, and that one was not started', () => {
      const blank: Progress = { ...long, name: null, steps: [] };
      for (const columns of [80, 60, 40]) match(lineAt(columns, { progress: blank }), /  waits for a worker/);
      match(lineAt(80, { progress: blank }), new RegExp(` ${id} `));
      for (const columns of [80, 60, 40]) {
        match(lineAt(columns, { error: new Error('refused') }), /…?  not started/);
        match(lineAt(columns, { unread: new Error('lost') }), /…?  not known/);
      }
    });
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
