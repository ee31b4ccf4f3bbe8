import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { kindOf } from '../../../activities/saga/kinds.ts';
import { preparePlan } from '../../../activities/saga/planner.ts';
import type { PreparationOutcome } from '../../../activities/saga/planner.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { openStore } from '../../../etcd/store.ts';
import type { Store } from '../../../etcd/store.ts';
import { FAILURES } from '../../../gateway/failures.ts';
import { kindsOf } from '../../../gateway/kind.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { gatewayOn, recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { KindSet, loadKinds } from '../../../templates/load.ts';
import { toHeatTemplates } from '../../../templates/published.ts';
import { useEtcd } from '../../etcd/fixture.ts';
import { childOf, withChildKinds } from '../../families/kinds.ts';
import { kindFolder, writeStub } from '../../templates/kind-folder.ts';

describe('a kind that is one heat template in etcd', () => {
  const etcd = useEtcd();

  it('is found without a second one, whatever stands in the place of that', async () => {
    const folder = await kindFolder();
    await writeStub(folder);
    const loaded = (await loadKinds(folder.path)).get('stub') ?? assert.fail();
    await folder.remove();
    const none = new KindSet([], new Map());
    const { store } = etcd();
    const found = () => kindOf('stub', none, store.snapshot());
    assert.equal(await found(), undefined);
    await store.publishTemplates(toHeatTemplates(loaded.kind));
    assert.deepEqual(await found(), { ...loaded, source: 'etcd' });
    assert.ok((await store.publishedKinds()).includes('stub'));
    const [plain] = kindsOf(loaded.kind);
    const other = { id: 'stub_monitoring', of: plain.resourceType };
    await store.publishTemplates([other]);
    assert.deepEqual(await found(), { ...loaded, source: 'etcd' });
  });
});

describe('a gateway whose parent has a kind that is published only', () => {
  const etcd = useEtcd();
  let planned: (gateway: TestGateway) => Promise<PreparationOutcome>;
  let parent: TestGateway;
  let child: TestGateway;
  let store: Store;
  afterEach(() => store.close());

  beforeEach(async () => {
    const all = await loadKinds();
    const loaded = all.get('vpn_gateway') ?? assert.fail();
    store = openStore({ endpoints: [etcd().endpoint], templatePrefix: `/templates/${randomUUID()}/` });
    await store.publishTemplates(toHeatTemplates(loaded.kind));
    const own = [...withChildKinds(all)].filter(([type]) => type === 'static_route');
    const kinds = new KindSet(own, all.neighbours);
    parent = gatewayOn('vpn_gateway', { primary: randomUUID(), secondary: randomUUID() }, 1);
    child = childOf(parent, 'static_route');
    await writeRecords([etcd().endpoint], [...child.neighbours, child.gateway].map(recordOf));
    planned = ({ resourceType, resourceId }) => preparePlan({ store, kinds }, { resourceType, resourceId });
  });

  it('lies in it', async () => {
    const outcome = await planned(child);
    assert.ok(outcome.kind === 'prepared', JSON.stringify(outcome));
    const { resourceType, resourceId } = parent;
    assert.deepEqual(outcome.preparation.parents, [{ resourceType, resourceId }]);
    assert.ok(outcome.preparation.recordsRead.some(({ id }) => id === 'vpn_gateway'));
  });

  it('fails, and names it, if it is not there', async () => {
    await etcd().raw.delete().key(KEYS.gatewayConfig(parent));
    const outcome = await planned(child);
    assert.ok(outcome.kind === 'invalid', JSON.stringify(outcome));
    assert.deepEqual(
      [outcome.type, outcome.reason],
      [FAILURES.ParentAbsent, `vpn_gateway ${parent.resourceId} is not there`],
    );
  });
});
