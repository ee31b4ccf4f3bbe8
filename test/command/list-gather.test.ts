/** Which gateways `list --since` shows, by what etcd knows of their last call and Temporal of their end. */
import assert from 'node:assert/strict';
import { gatherRows } from '../../command/list-gather.ts';

const MINUTE_MS = 60_000;

interface Times {
  /** How long ago the last call was scheduled, in minutes. */
  readonly scheduled: number;
  /** How long ago the run ended; `undefined`: it runs still. */
  readonly ended?: number;
}

/** The times of the rows within 10 minutes, in minutes ago. */
async function listed({ scheduled, ended }: Times): Promise<readonly number[]> {
  const now = Date.now();
  const before = (minutes: number) => new Date(now - minutes * MINUTE_MS);
  const gateway = {
    resourceType: 'vpn_gateway',
    resourceId: 'g',
    name: 'g',
    wanted: { version: 1, isDeletion: false },
    state: ended === undefined ? undefined : { version: 1, workerState: 'CREATE_COMPLETED', error: '' },
    plan: {
      version: 1,
      action: 'create',
      isKept: ended !== undefined,
      hasFailed: false,
      isPublished: false,
      standing: 1,
      scheduled: before(scheduled).getTime(),
      routers: ['A', 'B'],
    },
  };
  const store = {
    publishedKinds: async () => ['vpn_gateway'],
    gateways: async function* () {
      yield gateway;
    },
    snapshot: () => ({ read: async () => ({ kind: 'missing' }) }),
  };
  // An earlier run of the gateway has ended, too.
  const closed = ended ?? 5;
  const run = {
    workflowId: 'vpn_gateway:g',
    startTime: before(30),
    type: 'createGateway',
    searchAttributes: {},
  };
  const list = async function* ({ query }: { readonly query: string }) {
    if (query.includes('CloseTime')) yield { ...run, closeTime: before(closed) };
    else if (ended === undefined) yield run;
  };
  const temporal = {
    call: (work: () => unknown) => work(),
    client: { workflow: { list }, options: {} },
  };
  const wanted = { failed: false, running: false, routers: undefined, type: undefined, since: before(10) };
  const sources = { store, temporal, kinds: new Map() } as unknown as Parameters<typeof gatherRows>[0];
  const { rows } = await gatherRows(sources, wanted);
  return rows.map(({ since }) => Math.round((now - Date.parse(since ?? '')) / MINUTE_MS));
}

describe('gateway-saga list --since', () => {
  it('shows a change that ended within the time, though its last call was before', async () => {
    assert.deepEqual(await listed({ scheduled: 20, ended: 1 }), [1]);
  });

  it('shows the last call of a change whose end Temporal tells with an earlier time', async () => {
    assert.deepEqual(await listed({ scheduled: 2, ended: 3 }), [2]);
  });

  it('goes by the begin of a change that runs, whatever run ended before it', async () => {
    assert.deepEqual(await listed({ scheduled: 20 }), []);
  });
});
