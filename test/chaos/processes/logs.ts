/** Logs of programs that outlive a run. Of each, only what was written during the run is read. */
import { open, stat } from 'node:fs/promises';
import type { Evidence } from '../evidence.ts';

export interface LogMark {
  readonly name: string;
  readonly since: () => Promise<string>;
}

export async function markLog(name: string, path: string): Promise<LogMark> {
  const from = await sizeOf(path);
  return {
    name,
    async since() {
      const to = await sizeOf(path);
      if (to <= from) return '';
      const file = await open(path);
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
        return buffer.subarray(0, bytesRead).toString();
      } finally {
        await file.close();
      }
    },
  };
}

export function textsOf(logs: readonly LogMark[]): Promise<Evidence['texts']> {
  return Promise.all(logs.map(async ({ name, since }) => ({ name, text: await since() })));
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
