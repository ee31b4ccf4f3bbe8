/** The sample records in memory, and the seeds' six points of both kinds. */
import type { Lookup, ResourceRecord, ResourceRef } from '../../gateway/resource.ts';
import internet from '../../local/samples/internet_gateway.json' with { type: 'json' };
import vpn from '../../local/samples/vpn_gateway.json' with { type: 'json' };
import internetSeed from '../seeds/internet_gateway.json' with { type: 'json' };
import vpnSeed from '../seeds/vpn_gateway.json' with { type: 'json' };

type Body = Record<string, unknown>;

/** Records that a test may change, and how often each was read. */
export class World {
  readonly gateway: ResourceRecord;
  readonly reads: string[] = [];
  private readonly records = new Map<string, ResourceRecord>();

  constructor(sample: typeof vpn | typeof internet) {
    this.gateway = this.add(sample.gateway.type, sample.gateway.body);
    for (const { type, body } of sample.neighbours) this.add(type, body);
  }

  read = async (ref: ResourceRef): Promise<Lookup> => {
    this.reads.push(`${ref.type}/${ref.id}`);
    return this.records.get(`${ref.type}/${ref.id}`) ?? { kind: 'missing' };
  };

  /** The only record of a type, or the one that another's field names. */
  one(type: string, id?: string): ResourceRecord {
    const found = [...this.records.values()].find(
      ({ ref }) => ref.type === type && (id === undefined || ref.id === id),
    );
    if (!found) throw new Error(`no ${type} in the sample`);
    return found;
  }

  /** Changes a record's body. `undefined` takes a field away. */
  change(record: ResourceRecord, fields: Body): void {
    const body = record.body as Body;
    for (const [field, value] of Object.entries(fields)) {
      if (value === undefined) delete body[field];
      else body[field] = value;
    }
  }

  replace(record: ResourceRecord, changes: Partial<ResourceRecord>): void {
    this.records.set(`${record.ref.type}/${record.ref.id}`, { ...record, ...changes });
  }

  remove(record: ResourceRecord): void {
    this.records.delete(`${record.ref.type}/${record.ref.id}`);
  }

  add(type: string, body: object): ResourceRecord {
    const copy = structuredClone(body) as Body;
    const ref = { type, id: String(copy['id']) };
    const record = { ref, body: copy, version: 1, markedForDeletion: false, modRevision: '1' };
    this.records.set(`${type}/${ref.id}`, record);
    return record;
  }
}

export const vpnWorld = (): World => new World(vpn);
export const internetWorld = (): World => new World(internet);

interface Point {
  readonly point: number;
  readonly key: string;
  readonly value: unknown;
}

export const SEEDS: Readonly<Record<'vpn' | 'internet', readonly Point[]>> = {
  vpn: vpnSeed.points,
  internet: internetSeed.points,
};

export function pointsOf(seed: readonly Point[], point: number): readonly Point[] {
  const found = seed.filter((entry) => entry.point === point);
  if (found.length === 0) throw new Error(`the seed has no point ${point}`);
  return found;
}
