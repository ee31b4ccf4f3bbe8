/**
 * Activities that do nothing, with results as large as those of the real activities. But the requests to the pair and their answers are real,
 * because they are part of a saga's shape.
 */
import { answer } from '../../activities/requests/answer.ts';
import { UnansweredRequests } from '../../activities/requests/unanswered.ts';
import { requesting } from '../../activities/requests/request.ts';
import type { Activities } from '../../activities/index.ts';
import { SEARCH_ATTRIBUTES } from '../../gateway/messages.ts';
import type { PollInput } from '../../gateway/outcomes.ts';
import type { ApplyInput } from '../../pair/transactions.ts';
import type { GatewayRequest, Plan } from '../../gateway/plan.ts';
import { DEFAULT_POLICY, batchPolicyOf, changeLimitsOf } from '../../gateway/policies.ts';
import { routersOf } from './names.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const ask = requesting(new UnansweredRequests({ holds: async () => [] }));
const SOME_ID = '00000000-0000-4000-8000-000000000000';

export const idleActivities: Activities = {
  plan: async (input) => ({ kind: 'planned', plan: planFor(input) }),
  configVersion: async () => ({ kind: 'version', version: 1 }),
  register: async (plan) => ({ kind: 'registered', plan }),
  restoreRecords: async () => undefined,
  requestApply: ask,
  requestConfirm: ask,
  requestRevert: ask,
  markReverted: async () => undefined,
  recordStack: async () => undefined,
  oweDeletion: async () => undefined,
  awaitOwedDeletion: async () => ({ kind: 'kept', isDropped: false }),
  poll: async (input) => observationFor(input),
  publishUnchanged: async () => [],
  publishCompleted: async () => undefined,
  publishFailed: async () => undefined,
  publishKept: async () => undefined,
  publishNothing: async () => ({ kind: 'published' }),
  reserve: async ({ routers }) => ({
    kind: 'reserved',
    leftover: [],
    policy: batchPolicyOf(DEFAULT_POLICY, routers),
  }),
  apply: async (input) => appliedAll(input),
  awaitRouters: async () => ({ kind: 'try', lookedMs: 0 }),
  settle: async ({ confirm, revert }) => ({
    kept: confirm,
    reverted: revert.map((member) => ({ member, owedOn: [], reason: null })),
    fellBack: [],
  }),
  lookAtOwedChanges: async () => ({ routers: [], ready: [], inTheWay: null, isSlow: false }),
  pay: async () => ({ inTheWay: null }),
  endReservation: async () => [],
  answer,
  publishOnBehalf: async () => undefined,
  wakeWaiters: async () => undefined,
  beginMaintenance: async () => undefined,
  endMaintenance: async () => false,
  publishUnpublished: async () => [],
};

function planFor({ resourceType, resourceId }: GatewayRequest): Plan {
  const job = `create_esi_gateway:${resourceType}:${resourceId}:1:00000000`;
  const { primary, secondary } = routersOf(resourceId);
  return {
    gateway: { resourceType, resourceId, version: 1 },
    action: 'create',
    standing: null,
    unchanged: false,
    run: SOME_ID,
    name: 'a gateway that is none',
    tenant: SOME_ID,
    configRevision: '1000',
    routers: {
      primary: { role: 'primary', id: primary, name: 'MX-1' },
      secondary: { role: 'secondary', id: secondary, name: 'MX-2' },
    },
    kind: { source: 'folder', digest: DIGEST },
    digests: { primary: DIGEST, secondary: DIGEST },
    jobs: [job, job],
    monitors: ['downlink'],
    limits: changeLimitsOf(DEFAULT_POLICY),
    recordsRead: [],
    searchAttributes: Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name),
  };
}

function appliedAll({ routers, members }: ApplyInput) {
  const { confirmMinutes, minuteMs } = DEFAULT_POLICY;
  const ms = confirmMinutes * minuteMs;
  const confirmBy = new Date(Date.now() + ms).toISOString();
  const commits = Object.fromEntries(routers.map((id) => [id, 'on trial' as const]));
  return { applied: members, refused: [], toRevert: [], commits, confirmBy, verdictMs: ms };
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
