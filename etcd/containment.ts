/**
 * Claims inside one another. The stanza of a child lies inside one of its parent's, as a route lies in a routing instance. Invariants: (1) a stanza is
 * claimed inside another gateway's only if that gateway is a parent; (2) a stanza is claimed around another gateway's only if that gateway is a child. If
 * two gateways register at once, each one's transaction compares what the other one would write: so one of the two is refused.
 *
 * A stanza that the gateway has already needs no such look: (1) and (2) held when it was claimed, and have held since.
 */
import { isSameGateway, workflowIdOf } from '../gateway/resource.ts';
import type { GatewayRef } from '../gateway/resource.ts';
import { holderOf } from './claims.ts';
import type { Claim } from './claims.ts';
import type { Entry, EtcdClient, Reading, RangeTransaction } from './client.ts';
import { KEYS, stanzaOfClaim } from './keys.ts';
import type { NewPlanRecord } from './plan-record.ts';
import type { KeyRange } from './requests.ts';

/** Another gateway has a stanza that is in the way. */
export interface Clash {
  readonly routerId: string;
  readonly stanza: readonly string[];
  readonly holder: GatewayRef;
  /** Absent: the holder has the very stanza. */
  readonly other?: {
    readonly lies: 'around' | 'inside';
    readonly stanza: readonly string[];
  };
}

type Fences = Required<Pick<RangeTransaction, 'unchanged'>> &
  Required<{ readonly quiet: NonNullable<RangeTransaction['quiet']> }>;

export type ClaimsCheck =
  { readonly kind: 'clash'; readonly clash: Clash } | ({ readonly kind: 'free' } & Fences);

/** How many keys are read at first for each claim and what lies inside it. The claim's own key comes first. Inside a new claim there is usually nothing. */
const INSIDE_LIMIT = 8;
/**
 * Most comparisons of a transaction for single claims, the claims around them and the ranges inside them. The rest of etcd's 128 comparisons is for the
 * other records. If more are needed, the transaction compares coarse ranges instead: on each router, all claims that begin with the same word as one of the
 * gateway's. These are few ranges, but if any other gateway claims something in them meanwhile, the registration has to look again.
 */
const ONE_BY_ONE_LIMIT = 88;

export class Containment {
  /** Keys of all possible claims around these claims. */
  readonly keys: readonly string[];
  /** Each claim, and what is claimed inside it. */
  readonly ranges: readonly (KeyRange & { readonly limit: number })[];
  readonly #claims: readonly Claim[];

  constructor(claims: readonly Claim[]) {
    this.#claims = claims;
    const own = new Set(claims.map(({ key }) => key));
    const around = claims.flatMap((claim) => keysAround(claim));
    this.keys = [...new Set(around)].filter((key) => !own.has(key));
    this.ranges = claims.map(({ key }) => ({ ...rangeIn(key), limit: INSIDE_LIMIT }));
  }

  /**
   * The gateways that have claims inside stanzas that an update gives up. The update would leave them without their parent. A gateway that registers there
   * meanwhile writes that it has a change under way, and the parent's transaction compares that. `inside`: for each claim, what was found in its range.
   */
  leftBehind(
    { gateway, routers }: Pick<NewPlanRecord, 'gateway' | 'routers'>,
    inside: readonly (readonly Entry[])[],
  ): readonly GatewayRef[] {
    const kept = new Set(
      Object.values(routers).flatMap(({ id, after }) =>
        (after?.owns ?? []).map((stanza) => KEYS.claim(id, stanza)),
      ),
    );
    const left = this.#claims.flatMap(({ key }, index) =>
      kept.has(key) ? [] : (inside[index] ?? []).flatMap((entry) => holderOf(entry) ?? []),
    );
    const others = left.filter((one) => !isSameGateway(one, gateway));
    return [...new Map(others.map((one) => [workflowIdOf(one), one])).values()];
  }

  /**
   * Checks (1) and (2) for each claim, and collects what the transaction has to compare. `isNew`: nothing of the gateway stands, so it has no
   * children. `inside`: for each claim, what was found in its range.
   */
  async check(
    client: EtcdClient,
    operation: string,
    { gateway, parents, isNew }: { gateway: GatewayRef; parents: readonly GatewayRef[]; isNew: boolean },
    found: Reading,
    inside: readonly (readonly Entry[])[],
  ): Promise<ClaimsCheck> {
    const isOurs = (holder: GatewayRef | undefined) => holder === undefined || isSameGateway(holder, gateway);
    const unchanged: Entry[] = [];
    const quiet: (KeyRange & { readonly since: string })[] = [];
    for (const [index, claim] of this.#claims.entries()) {
      const { routerId, stanza, key } = claim;
      const [first] = inside[index] ?? [];
      const own = first?.key === key ? first : undefined;
      const holder = holderOf(own);
      if (holder !== undefined && !isOurs(holder)) return clash({ routerId, stanza, holder });
      if (own !== undefined) {
        unchanged.push(own);
        continue;
      }
      const around = keysAround(claim)
        .filter((one) => this.keys.includes(one))
        .map((one) => found.entryOf(one));
      for (const entry of around) {
        const outer = holderOf(entry);
        if (outer === undefined || isOurs(outer) || parents.some((one) => isSameGateway(one, outer)))
          continue;
        return clash({
          routerId,
          stanza,
          holder: outer,
          other: { lies: 'around', stanza: stanzaOfClaim(entry.key) ?? [] },
        });
      }
      unchanged.push(...around);
      quiet.push({ ...rangeIn(key), since: found.revision });
      const part = inside[index] ?? [];
      const all = part.length < INSIDE_LIMIT ? part : await insideOf(client, operation, key);
      const others = all.filter((entry) => !isOurs(holderOf(entry)));
      const stranger = isNew ? others[0] : await firstStranger(client, operation, gateway, others);
      if (stranger !== undefined)
        return clash({
          routerId,
          stanza,
          holder: holderOf(stranger) as GatewayRef,
          other: { lies: 'inside', stanza: stanzaOfClaim(stranger.key) ?? [] },
        });
    }
    const one = { unchanged: [...new Map(unchanged.map((entry) => [entry.key, entry])).values()], quiet };
    const isTooMuch = one.unchanged.length + one.quiet.length > ONE_BY_ONE_LIMIT;
    return { kind: 'free', ...(isTooMuch ? this.#coarse(found.revision) : one) };
  }

  #coarse(since: string): Fences {
    const words = this.#claims.map(({ routerId, stanza }) => KEYS.claim(routerId, stanza.slice(0, 1)));
    return {
      unchanged: [],
      quiet: [...new Set(words)].map((key) => ({ ...rangeIn(key), since })),
    };
  }
}

/** A deletion claims what stands already, so nothing new is around it or inside it. */
export function checkHolders(
  gateway: GatewayRef,
  claims: readonly Claim[],
  { entryOf }: Pick<Reading, 'entryOf'>,
): ClaimsCheck {
  for (const { key, routerId, stanza } of claims) {
    const holder = holderOf(entryOf(key));
    if (holder && !isSameGateway(holder, gateway)) return clash({ routerId, stanza, holder });
  }
  return { kind: 'free', unchanged: claims.map(({ key }) => entryOf(key)), quiet: [] };
}

function clash(found: Clash): ClaimsCheck {
  return { kind: 'clash', clash: found };
}

function keysAround({ routerId, stanza }: Claim): readonly string[] {
  return stanza.slice(1).map((_, index) => KEYS.claim(routerId, stanza.slice(0, index + 1)));
}

/** A claim's key, and those of all claims inside it. A blank stands between two words, and "!" is the byte after the blank. */
function rangeIn(key: string): KeyRange {
  return { from: key, to: `${key}!` };
}

async function insideOf(client: EtcdClient, operation: string, key: string): Promise<readonly Entry[]> {
  const { under } = await client.look(operation, [], [{ ...rangeIn(key), limit: 0 }]);
  return under.flat();
}

/** The first of these claims whose holder does not refer to the gateway. */
async function firstStranger(
  client: EtcdClient,
  operation: string,
  gateway: GatewayRef,
  claims: readonly Entry[],
): Promise<Entry | undefined> {
  const keys = claims.map((entry) => KEYS.referrer(gateway, holderOf(entry)));
  const { entryOf } =
    keys.length === 0 ? { entryOf: undefined } : await client.look(operation, [...new Set(keys)], []);
  return claims.find((_, index) => entryOf?.(keys[index] ?? '').value === undefined);
}
