/** What the checker says of a parent and a child. The evidence has the records of both, and what a router carried at which time. */
import assert from 'node:assert/strict';
import { KEYS } from '../../etcd/keys.ts';
import { workflowIdOf } from '../../gateway/resource.ts';
import { gatewayOn, recordOf } from '../../local/test-gateway.ts';
import type { TestGateway } from '../../local/test-gateway.ts';
import { childOf } from '../families/kinds.ts';
import { caseOf, wantedOn } from './checker/case.ts';
import { family } from './checker/family.ts';
import type { Evidence, Write } from './evidence.ts';

const ROUTERS = { primary: 'router-1', secondary: 'router-2' };

describe('the checker, of a family', () => {
  const parent = gatewayOn('vpn_gateway', ROUTERS, 1);
  const child = childOf(parent, 'static_route');
  const records = [...child.neighbours, child.gateway].map(recordOf);
  const written = records.map(({ key, value }): Write => ({ key, value, revision: 1, seenAt: 1 }));

  function evidence(moments: readonly (readonly TestGateway[])[], more: readonly Write[] = []): Evidence {
    const at = { id: ROUTERS.primary, name: 'A', ourUser: 'esi', base: '', operators: [] };
    const end = { running: '', candidate: '', lock: null, pending: null, sessions: [] };
    const bare = { ...at, tape: [], end } as unknown as Evidence['routers'][number];
    const empty = {
      workload: { gateways: [], actions: [] },
      workflows: [],
      faults: [],
      canaries: [],
      texts: [],
    };
    const writes = [...written, ...more];
    const wanted = wantedOn(caseOf({ ...empty, writes, routers: [bare] }), ROUTERS.primary);
    const textOf = (gateways: readonly TestGateway[]) =>
      wanted
        .filter(({ gateway: { id } }) => gateways.some(({ resourceId }) => resourceId === id))
        .flatMap(({ expected }) => expected.lines.map((line) => `${line};\n`))
        .join('');
    const tape = moments.map((gateways, index) => ({
      at: index + 1,
      kind: 'committed',
      user: 'esi',
      log: null,
      until: null,
      met: null,
      config: textOf(gateways),
    }));
    return { ...empty, writes, routers: [{ ...bare, tape } as unknown as typeof bare] };
  }
  const found = (of: Evidence) => family(caseOf(of)).map((one) => `${one.found} at ${one.at}`);

  it('finds nothing wrong with a child that comes after its parent, and goes before it', () => {
    assert.deepEqual(found(evidence([[parent], [parent, child], [parent], []])), []);
  });

  it('finds a child on a router that its parent has left', () => {
    assert.deepEqual(found(evidence([[parent], [parent, child], [child], []])), ['it is alone at 3']);
  });

  it('finds a parent whose deletion is registered while a child stands, and none that waits for it', () => {
    const at = (revision: number, key: string, value: object): Write => ({
      key,
      value: JSON.stringify(value),
      revision,
      seenAt: revision,
    });
    const stateOf = (revision: number, version: number, word: string) =>
      at(revision, KEYS.state(child), {
        state: { worker_state: word, heat_outputs: '[]' },
        error: '',
        version,
      });
    const registered = (revision: number) => [
      at(revision, KEYS.plan(parent), { gateway: parent, action: 'delete' }),
      at(revision, KEYS.job(`logical_delete:heat_worker:${workflowIdOf(parent)}:2:abcde`), {}),
    ];
    const created = stateOf(2, 1, 'CREATE_COMPLETED');
    const job = at(1, KEYS.job(`create:heat_worker:${workflowIdOf(child)}:1:abcde`), {});
    const plan = at(1, KEYS.plan(child), { gateway: child });
    const stands = [plan, job, created];
    assert.deepEqual(found(evidence([], [...stands, ...registered(3)])), [
      `static_route ${child.resourceId} stands by version 1 at 3`,
    ]);
    const gone = stateOf(3, 2, 'DELETE_COMPLETED');
    assert.deepEqual(found(evidence([], [...stands, gone, ...registered(4)])), []);
  });
});
