/** A workflow's history as text: payloads decoded, so that it can be read and searched. */

const BORING = new Set([
  'workflowTaskScheduledEventAttributes',
  'taskId',
  'sdkMetadata',
  'meteringMetadata',
  'workerVersion',
]);

export function readableHistory({ events }: { readonly events?: readonly unknown[] | null }): string {
  return (events ?? []).map((event) => JSON.stringify(event, replacer)).join('\n');
}

/** For `JSON.stringify`: bytes become text, 64 bit numbers become numbers, and fields without a value are left out. */
function replacer(name: string, value: unknown): unknown {
  if (value === null || BORING.has(name)) return undefined;
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value !== 'object') return value;
  if ('type' in value && value.type === 'Buffer' && 'data' in value)
    return Buffer.from(value.data as number[]).toString();
  if ('low' in value && 'high' in value && 'unsigned' in value) return Number(value);
  return value;
}
