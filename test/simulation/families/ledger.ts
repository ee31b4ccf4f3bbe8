/**
 * What has to stand on each router, told from both ends of each registered change and from what became of it. The promises: no child without its
 * parent, no statement of a child lost by a change of its parent, no statement of a parent lost by a change of a child, and nothing left over.
 */
import { parse } from '../../../junos/parse.ts';
import { paths } from '../../../junos/select.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';
import type { PlanRecord } from '../../../etcd/plan-record.ts';
import type { Site } from '../site.ts';

type Text = Readonly<Record<string, string>>;

/** Statements as the words behind `set`. */
export function linesOf(text: string): readonly string[] {
  return paths(parse(text, { by: 'router' })).map((path) => path.join(' '));
}

export class Ledger {
  readonly #sites: readonly Site[];
  readonly #base: ReadonlyMap<string, readonly string[]>;
  /** What stands, by gateway, then by router id. */
  readonly #standing = new Map<string, Text>();
  readonly #persons = new Map<string, Set<string>>();
  /** Statements of gateways that a person has removed. They may stand again once their gateway was put back. */
  readonly #removed = new Map<string, Set<string>>();
  /** What people have taken out of containers. The containers may stand empty. */
  readonly #emptied = new Map<string, string[]>();

  constructor(sites: readonly Site[]) {
    this.#sites = sites;
    this.#base = new Map(sites.map(({ record, base }) => [record.id, linesOf(base)]));
    for (const { record } of sites) {
      this.#persons.set(record.id, new Set());
      this.#removed.set(record.id, new Set());
      this.#emptied.set(record.id, []);
    }
  }

  stands(gateway: GatewayRef): boolean {
    return this.#standing.has(workflowIdOf(gateway));
  }

  linesOn({ record }: Site, gateway: GatewayRef): readonly string[] {
    return linesOf(this.#standing.get(workflowIdOf(gateway))?.[record.id] ?? '');
  }

  kept({ gateway, routers }: PlanRecord): void {
    const text = Object.fromEntries(
      Object.values(routers).flatMap(({ id, after }) => (after === null ? [] : [[id, after.create]])),
    );
    for (const { id, before, after } of Object.values(routers))
      for (const line of linesOf(`${before?.create ?? ''}${after?.create ?? ''}`))
        this.#removed.get(id)?.delete(line);
    if (Object.keys(text).length === 0) this.#standing.delete(workflowIdOf(gateway));
    else this.#standing.set(workflowIdOf(gateway), text);
  }

  personAdds({ record }: Site, line: string): void {
    this.#persons.get(record.id)?.add(line);
  }

  personTakesBack({ record }: Site, line: string): void {
    this.#persons.get(record.id)?.delete(line);
    this.#emptied.get(record.id)?.push(line);
  }

  personRemoves({ record }: Site, line: string): void {
    this.#removed.get(record.id)?.add(line);
    this.#emptied.get(record.id)?.push(line);
  }

  personsLines({ record }: Site): readonly string[] {
    return [...(this.#persons.get(record.id) ?? [])];
  }

  /** What is wrong on the routers. `owing`: texts that may stand or not because they are owed, by router id. */
  problems(owing: ReadonlyMap<string, readonly string[]>): readonly string[] {
    return this.#sites.flatMap((site) => {
      const { id, name } = site.record;
      const found = new Set(linesOf(site.device.running()));
      const own = [...this.#standing.values()].flatMap((text) => linesOf(text[id] ?? ''));
      const wanted = new Set([...(this.#base.get(id) ?? []), ...own, ...(this.#persons.get(id) ?? [])]);
      const optional = [...(this.#removed.get(id) ?? []), ...(owing.get(id) ?? []).flatMap(linesOf)];
      const mayDiffer = (line: string) =>
        optional.some((other) => other === line || other.startsWith(`${line} `) || sameLeaf(other, line));
      const isEmptied = (line: string) =>
        this.#emptied.get(id)?.some((other) => other.startsWith(`${line} `)) === true;
      const lost = [...wanted].filter(
        (line) => !found.has(line) && !mayDiffer(line) && !isWider(line, found),
      );
      const left = [...found].filter((line) => !wanted.has(line) && !mayDiffer(line) && !isEmptied(line));
      return [
        ...lost.map((line) => `${name} has lost "${line}"`),
        ...left.map((line) => `${name} has "${line}", which nobody wants`),
      ];
    });
  }
}

/** Whether two statements are the same leaf with different values. */
function sameLeaf(one: string, other: string): boolean {
  return one.split(' ').slice(0, -1).join(' ') === other.split(' ').slice(0, -1).join(' ');
}

/** Whether an entry stands with content. Then it counts as standing without content, too. */
function isWider(line: string, found: ReadonlySet<string>): boolean {
  return [...found].some((other) => other.startsWith(`${line} `));
}
