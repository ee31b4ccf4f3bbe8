/** Watches all keys on one member as long as the member runs, and again when it is back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd3 } from 'etcd3';
import type { IWatchResponse } from 'etcd3';

export type Events = IWatchResponse['events'];

/** The time between one watch and the next, in ms. */
const AGAIN_MS = 100;
/** All keys, from the first to the last. */
const ALL = { key: Buffer.from('\0'), range_end: Buffer.from('\0') };

/** It uses bare streams. etcd3's own watcher loses events if it is cut off again while it reconnects, and then waits longer and longer. */
export class MemberWatch {
  private readonly endpoint: string;
  private readonly from: () => number;
  private readonly take: (events: Events) => boolean;
  private readonly going: Promise<void>;
  private closed = false;
  private end: () => void = () => undefined;

  /** `from`: gives the first revision that is wanted. `take`: takes events; gives `false` if revisions before them are missing. */
  constructor(endpoint: string, from: () => number, take: (events: Events) => boolean) {
    this.endpoint = endpoint;
    this.from = from;
    this.take = take;
    this.going = this.go();
  }

  /** Begins a new watch, at the revision that is wanted then. */
  renew(): void {
    this.end();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.end();
    await this.going;
  }

  private async go(): Promise<void> {
    while (!this.closed) {
      // gRPC refuses answers above 4 MB, and a member that was away has more to tell in one.
      const grpcOptions = { 'grpc.max_receive_message_length': -1 };
      const etcd = new Etcd3({ hosts: this.endpoint, grpcOptions });
      try {
        await this.watch(etcd);
      } catch {
        // The member does not answer now. It may answer soon.
      } finally {
        etcd.close();
      }
      if (!this.closed) await sleep(AGAIN_MS);
    }
  }

  /** Resolves when no more events come. */
  private async watch(etcd: Etcd3): Promise<void> {
    const stream = await etcd.watchClient.watch();
    await new Promise<void>((resolve) => {
      this.end = resolve;
      stream.on('error', () => resolve());
      stream.on('end', () => resolve());
      stream.on('data', (response: IWatchResponse) => {
        if (response.canceled || !this.take(response.events)) resolve();
      });
      stream.write({ create_request: { ...ALL, start_revision: this.from() } });
      if (this.closed) resolve();
    });
    stream.cancel();
  }
}
