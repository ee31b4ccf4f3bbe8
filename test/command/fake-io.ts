import { Readable } from 'node:stream';
import type { CommandIo, Output } from '../../command/io.ts';

/** Surroundings of a command that keep what it says, and can press Ctrl-C. */
export interface FakeIo extends CommandIo {
  out(): string;
  err(): string;
  interrupt(): void;
  /** Resolves once standard output has this text. */
  said(text: string): Promise<void>;
}

export function fakeIo(
  env: Readonly<Record<string, string | undefined>> = {},
  terminal: Pick<Output, 'isTTY' | 'columns' | 'rows'> = {},
  input = '',
): FakeIo {
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  const waiting = new Set<() => void>();
  return {
    stdout: {
      ...terminal,
      write: (text) => {
        out += text;
        for (const look of waiting) look();
      },
    },
    stderr: { write: (text) => (err += text) },
    stdin: Readable.from([input]),
    env,
    onInterrupt: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    out: () => out,
    err: () => err,
    interrupt: () => {
      for (const listener of listeners) listener();
    },
    said: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!out.includes(text)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
