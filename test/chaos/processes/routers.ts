/** The process of the routers, as the harness sees it. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { openSync, closeSync, rmSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Program } from './program.ts';
import type { Running } from './program.ts';
import type { AnswerMessage, Answers, Order, RouterSpec } from './routers-messages.ts';

const program = fileURLToPath(new URL('routers-process.ts', import.meta.url));

/** Thrown when the routers' process ended before it answered, or answered with an error. */
export class RoutersError extends Error {
  override readonly name = 'RoutersError';
}

export class Routers extends Program {
  readonly specs: readonly RouterSpec[];
  private readonly link: Link;

  constructor(specs: readonly RouterSpec[], log: string) {
    const link: Link = { process: undefined, waiting: new Map() };
    super('routers', () => begin(specs, log, link));
    this.specs = specs;
    this.link = link;
  }

  order<O extends Order>(order: O): Promise<Answers[O['kind']]> {
    return send(this.link, order);
  }

  /** Makes the state files unwritable. The routers end when they next change their state. */
  fillDisk(): void {
    for (const { stateFile } of this.specs) mkdirSync(`${stateFile}.next`, { recursive: true });
  }

  clearDisk(): void {
    for (const { stateFile } of this.specs) rmSync(`${stateFile}.next`, { recursive: true, force: true });
  }
}

interface Link {
  process: ChildProcess | undefined;
  readonly waiting: Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>;
}

let last = 0;

function send<O extends Order>({ process, waiting }: Link, order: O): Promise<Answers[O['kind']]> {
  return new Promise((resolve, reject) => {
    if (!process?.connected) {
      reject(new RoutersError('the routers are not running'));
      return;
    }
    const id = (last += 1);
    waiting.set(id, { resolve, reject });
    // The routers may end just now: without a callback the error would end this process.
    process.send({ id, order }, (error) => {
      if (error === null || !waiting.delete(id)) return;
      reject(new RoutersError('the routers are not running'));
    });
  });
}

async function begin(specs: readonly RouterSpec[], log: string, link: Link): Promise<Running> {
  const file = openSync(log, 'a');
  const child = fork(program, [], { execArgv: ['--import', 'tsx'], stdio: ['ignore', file, file, 'ipc'] });
  closeSync(file);
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  link.process = child;
  child.on('message', (message: AnswerMessage) => {
    const waiting = link.waiting.get(message.id);
    link.waiting.delete(message.id);
    if ('error' in message) waiting?.reject(new RoutersError(message.error));
    else waiting?.resolve(message.answer);
  });
  void exited.then(() => {
    for (const waiting of link.waiting.values()) waiting.reject(new RoutersError('the routers are gone'));
    link.waiting.clear();
  });
  try {
    await send(link, { kind: 'start', routers: specs });
  } catch (error) {
    // With a full disk they can't start, and no other code would end what is left of them.
    child.kill('SIGKILL');
    await exited;
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    exited,
    signal: (signal) => void child.kill(signal),
    stop: () => {
      if (child.connected) child.disconnect();
      return exited;
    },
  };
}
