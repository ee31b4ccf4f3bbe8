import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../gateway/resource.ts';
import type { EtcdClient } from './client.ts';
import { transact, done } from './transact.ts';
import type { Fields } from './envelope.ts';
import { configVersion, recordOf } from './envelope.ts';
import { KEYS } from './keys.ts';

export interface TemplateOutcome {
  /** `unchanged`: the same content stood there; nothing was written. */
  readonly kind: 'written' | 'unchanged';
  readonly version: number;
}

/** Resource types of all kinds that are published, each as two templates: `<type>` and `<type>_monitoring`. */
export async function publishedKinds(client: EtcdClient): Promise<readonly string[]> {
  const entries = await client.readPrefix('published kinds', KEYS.heatTemplates);
  const ids = new Set(entries.map(({ key }) => key.slice(KEYS.heatTemplates.length)));
  return [...ids].filter((id) => ids.has(`${id}_monitoring`));
}

export function publishTemplate(client: EtcdClient, id: string, body: Fields): Promise<TemplateOutcome> {
  const ref = { type: 'heat_template', id };
  const json = JSON.stringify(body);
  return transact<TemplateOutcome>(client, 'publish template', async () => {
    const [entry] = await client.read('publish template', [KEYS.config(ref)] as const);
    const found = recordOf(ref, entry);
    if (isRecord(found) && !found.markedForDeletion && isDeepStrictEqual(found.body, JSON.parse(json))) {
      return done({ kind: 'unchanged', version: found.version });
    }
    const version = (configVersion(entry) ?? 0) + 1;
    return {
      kind: 'write',
      transaction: {
        unchanged: [entry],
        put: [{ key: entry.key, value: { body: json, version, marked_for_deletion: false } }],
      },
      outcome: { kind: 'written', version },
    };
  });
}
