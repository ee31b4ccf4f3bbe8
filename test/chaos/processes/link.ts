/** A connection that faults can hit. It goes through a proxy; if the server has several members, through a proxy for each. */
import type { Cut, Proxy } from '../../../local/proxy.ts';

export class Link {
  private readonly proxies: readonly [Proxy, ...Proxy[]];

  /** What is armed on the first proxy applies to all: see `Proxy.open`. */
  constructor(proxies: readonly [Proxy, ...Proxy[]]) {
    this.proxies = proxies;
  }

  /** The addresses that clients get, separated by commas. */
  get endpoint(): string {
    return this.proxies.map(({ endpoint }) => endpoint).join(',');
  }

  set closed(closed: boolean) {
    for (const proxy of this.proxies) proxy.closed = closed;
  }

  set delayMs(delayMs: number) {
    for (const proxy of this.proxies) proxy.delayMs = delayMs;
  }

  arm(marker: string, cut: Cut): void {
    this.proxies[0].arm(marker, cut);
  }

  disarm(): void {
    for (const proxy of this.proxies) proxy.disarm();
  }

  drop(): void {
    for (const proxy of this.proxies) proxy.drop();
  }

  halve(): void {
    for (const proxy of this.proxies) proxy.halve();
  }

  freeze(): void {
    for (const proxy of this.proxies) proxy.freeze();
  }

  unfreeze(): void {
    for (const proxy of this.proxies) proxy.unfreeze();
  }

  release(): void {
    for (const proxy of this.proxies) proxy.release();
  }

  async close(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
  }
}
