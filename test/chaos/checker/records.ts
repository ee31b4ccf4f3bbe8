/** etcd's whole history, as it was seen from outside. */
import type { Write } from '../evidence.ts';

export class Records {
  readonly writes: readonly Write[];
  readonly #byKey = new Map<string, Write[]>();

  constructor(writes: readonly Write[]) {
    this.writes = writes;
    for (const write of writes) {
      const known = this.#byKey.get(write.key);
      if (known) known.push(write);
      else this.#byKey.set(write.key, [write]);
    }
  }

  keys(prefix: string): readonly string[] {
    return [...this.#byKey.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /** All writes of a key, oldest first. */
  history(key: string): readonly Write[] {
    return this.#byKey.get(key) ?? [];
  }

  /** The write that a key's value comes from, as of the end of a revision. `undefined`: the key was not there. */
  at(key: string, revision = Infinity): Write | undefined {
    const write = this.history(key).findLast((one) => one.revision <= revision);
    return write?.value === null ? undefined : write;
  }

  /** Keys that are there at the end. */
  present(prefix: string): readonly string[] {
    return this.keys(prefix).filter((key) => this.at(key) !== undefined);
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** `undefined` for what is no object. */
export function fieldsOf(text: string | null | undefined): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Configured {
  readonly version: number | undefined;
  readonly body: Fields;
}

/** The envelope of a `/config` record; its body may be JSON inside JSON. */
export function configured(text: string | null | undefined): Configured | undefined {
  const envelope = fieldsOf(text);
  if (envelope === undefined) return undefined;
  const { body, version } = envelope;
  const fields = typeof body === 'string' ? fieldsOf(body) : isFields(body) ? body : undefined;
  return { version: typeof version === 'number' ? version : undefined, body: fields ?? {} };
}
