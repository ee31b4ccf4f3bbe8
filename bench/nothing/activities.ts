/** Activities that answer at once, with as much as the real ones would say. */
import type { Activities } from '../../activities/index.ts';
import { SEARCH_ATTRIBUTES } from '../../gateway/messages.ts';
import type { PollInput } from '../../gateway/outcomes.ts';
import type { CreateGatewayInput, Plan } from '../../gateway/plan.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const SOME_ID = '00000000-0000-4000-8000-000000000000';

export const idleActivities: Activities = {
  plan: async (input) => ({ kind: 'planned', plan: planFor(input) }),
  register: async (plan) => ({ kind: 'registered', plan }),
  push: async () => undefined,
  recordStack: async () => undefined,
  poll: async (input) => observationFor(input),
  recordMonitoring: async () => undefined,
  publishCreated: async () => undefined,
  publishFailed: async () => undefined,
  remove: async () => [],
};

function planFor({ resourceType, resourceId }: CreateGatewayInput): Plan {
  const job = `create_esi_gateway:${resourceType}:${resourceId}:1:00000000`;
  return {
    gateway: { resourceType, resourceId, version: 1 },
    run: SOME_ID,
    name: 'a gateway that is none',
    tenant: SOME_ID,
    configRevision: '1000',
    routers: {
      primary: { role: 'primary', id: SOME_ID, name: 'MX-1' },
      secondary: { role: 'secondary', id: SOME_ID, name: 'MX-2' },
    },
    kind: { source: 'folder', digest: DIGEST },
    digests: { primary: DIGEST, secondary: DIGEST },
    jobs: { provisioning: job, monitoring: job },
    monitors: ['downlink'],
    searchAttributes: Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name),
  };
}

function observationFor({ role }: PollInput) {
  return {
    role,
    router: role === 'primary' ? 'MX-1' : 'MX-2',
    at: new Date().toISOString(),
    vrrp: role === 'primary' ? 'MASTER' : 'BACKUP',
    words: { downlink: 'ACTIVE' },
  };
}
