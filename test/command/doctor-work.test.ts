/** How much doctor compares: it goes through what stands in etcd once, not once for each gateway. */
import assert from 'node:assert/strict';
import { findingsOf } from '../../command/doctor-findings.ts';
import type { Facts } from '../../command/doctor-findings.ts';
import { onlyOnce } from '../../command/doctor-look.ts';
import { KEYS } from '../../etcd/keys.ts';
import type { PlanRecord } from '../../etcd/plan-record.ts';
import { COMPLETED } from '../../gateway/records.ts';
import type { GatewayRef } from '../../gateway/resource.ts';

const CLAIMS = 8;
const ROUTERS = ['r1', 'r2'] as const;

/** A fleet whose references to gateways count how often they are read. */
class Fleet {
  readonly size: number;
  reads = 0;

  constructor(size: number) {
    this.size = size;
  }

  get gateways(): GatewayRef[] {
    return this.#each((number) => this.#ref(number));
  }

  /** Each gateway was created, has its plan record and its claims but one, and is owed by a router that nobody can look at. */
  get facts(): Facts {
    const routers = ROUTERS.map((id) => ({ id, name: id, seen: 'no answer' }));
    const owedChanges = this.#each((number) => ({ gateway: this.#versioned(number), reason: 'locked' }));
    return {
      inventory: {
        plans: this.#each((number) => this.#plan(number)),
        states: this.#each((number) =>
          // Spreading would read the id once and for all.
          Object.assign(this.#ref(number), {
            version: 1,
            revision: '1',
            workerState: COMPLETED.create,
            error: '',
          }),
        ),
        claims: new Map(
          this.#each((number) => number).flatMap((number) =>
            stanzasOf(number).flatMap((stanza, index) =>
              ROUTERS.map((id) => [KEYS.claim(id, stanza), this.#ref(index === 0 ? -1 : number)] as const),
            ),
          ),
        ),
        unreadable: [],
        referrers: [],
        changing: [],
        waiting: [],
        routerIds: ROUTERS,
      },
      lostSecrets: [],
      routers: routers.map((router) => ({
        ...router,
        record: { reservation: null, maintenance: null, owedChanges },
      })),
      gateways: this.gateways,
      known: () => undefined,
      textOf: () => 'it',
      running: new Set(),
    } as unknown as Facts;
  }

  #plan(number: number): PlanRecord {
    const [primary, secondary] = ROUTERS.map((id) => ({
      id,
      before: null,
      after: { create: '', arrange: [], remove: [], owns: stanzasOf(number), monitors: [] },
    }));
    const gateway = this.#versioned(number);
    return { gateway, kept: true, routers: { primary, secondary } } as unknown as PlanRecord;
  }

  #versioned(number: number) {
    return Object.assign(this.#ref(number), { version: 1 });
  }

  #ref(number: number): GatewayRef {
    const read = () => {
      this.reads += 1;
      return `gw-${number}`;
    };
    return {
      resourceType: 'vpn_gateway',
      get resourceId() {
        return read();
      },
    };
  }

  #each<T>(of: (number: number) => T): T[] {
    return Array.from({ length: this.size }, (_, number) => of(number));
  }
}

function stanzasOf(number: number): string[][] {
  return Array.from({ length: CLAIMS / ROUTERS.length }, (_, index) => [
    'interfaces',
    `ae${number}.${index}`,
  ]);
}

describe('the work of gateway-saga doctor', () => {
  const SIZE = 50;
  /** How often gateways are read, by the size of the fleet. */
  const readsOf = (size: number, work: (fleet: Fleet) => void) => {
    const fleet = new Fleet(size);
    work(fleet);
    return fleet.reads;
  };
  const assertGrowsWithFleet = (work: (fleet: Fleet) => void) => {
    const [few, many] = [readsOf(SIZE, work), readsOf(4 * SIZE, work)];
    assert.ok(few > 0 && many <= 4.1 * few, `${SIZE}: ${few}, ${4 * SIZE}: ${many}`);
  };

  it('to compare grows with the number of gateways, not faster', () => {
    const findings = findingsOf(new Fleet(SIZE).facts);
    const missing = findings.filter(({ what }) => what.includes('does not have the claim'));
    assert.equal(missing.length, SIZE * ROUTERS.length);
    assertGrowsWithFleet(({ facts }) => findingsOf(facts));
  });

  it('to tell gateways apart grows with their number, not faster', () => {
    const twice = ({ gateways }: Fleet) => onlyOnce([...gateways, ...gateways]);
    assert.deepEqual(
      twice(new Fleet(3)),
      ['gw-0', 'gw-1', 'gw-2'].map((resourceId) => ({ resourceType: 'vpn_gateway', resourceId })),
    );
    assertGrowsWithFleet(twice);
  });
});
