import assert from 'node:assert/strict';
import { kindOf } from '../../../activities/saga/kinds.ts';
import { kindsOf } from '../../../gateway/kind.ts';
import { KindSet, loadKinds } from '../../../templates/load.ts';
import { toHeatTemplates } from '../../../templates/published.ts';
import { useEtcd } from '../../etcd/fixture.ts';
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
